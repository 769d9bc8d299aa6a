// SPDX-License-Identifier: Apache-2.0

import CMeasurement

/// Runs one hot path so many times, for callgrind to count its instructions; or counts its allocations.
///
/// ```
/// HotPaths                       prints every path's name
/// HotPaths timers 1000           does 1,000 operations
/// HotPaths timers allocations    prints how many allocations 1,000 operations make
/// ```
@main
struct HotPaths {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard let name = arguments.first else { return print(HotPath.all.map(\.name).joined(separator: "\n")) }
        guard let path = HotPath.all.first(where: { $0.name == name }) else {
            preconditionFailure("no hot path is called \(name)")
        }
        let run = path.prepare()
        if let operations = arguments.last.flatMap({ Int($0) }) { return run(operations) }
        print(allocations(run))
    }

    /// Grows what grows once, then counts twice, so that what the beginning allocates drops out.
    private static func allocations(_ run: (Int) -> Void) -> UInt64 {
        precondition(counted { allocation_count_check() } == 1, "one allocation is not counted as one")
        run(20_000)
        let once = counted { run(1_000) }
        let twice = counted { run(2_000) }
        // Tables may grow in either; a path that allocates nothing by itself then shows none.
        return twice > once ? twice - once : 0
    }

    private static func counted(_ body: () -> Void) -> UInt64 {
        allocation_count_start()
        body()
        return allocation_count_stop()
    }
}
