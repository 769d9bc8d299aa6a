// SPDX-License-Identifier: Apache-2.0

/// Measures the policies: `resilience-benchmarks [--tabs] [--rounds N] [NAME…]`, a name being part of a benchmark's name.
@main
struct ResilienceBenchmarks {
    static func main() async {
        var rounds = 101
        var isTabbed = false
        var names: [String] = []
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            switch argument {
            case "--tabs":
                isTabbed = true
            case "--rounds":
                let text = arguments.popFirst() ?? "nothing"
                guard let number = Int(text), number >= 1 else {
                    return print("--rounds needs a number of at least 1, not \(text)")
                }
                rounds = number
            default:
                names.append(argument)
            }
        }
        let benchmarks = all.filter { benchmark in
            names.isEmpty || names.contains { benchmark.name.contains($0) }
        }
        let table = Table(measurements: await Harness(rounds: rounds).measure(benchmarks))
        for line in isTabbed ? table.tabbed : table.aligned { print(line) }
    }

    private static var all: [Benchmark] {
        baselines + breakers + limiters + bulkheads + pools + compositions
    }
}
