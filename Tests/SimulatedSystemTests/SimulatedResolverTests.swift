// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import SimulatedSystem
import Testing

@Suite("SimulatedResolver")
struct SimulatedResolverTests {
    @Test(
        "a question is answered as the zone says, when it says so",
        arguments: [
            ("10.0.0.9", ["0ns 10.0.0.9:53"]),
            ("fd00::9", ["0ns [fd00::9]:53"]),
            ("both.test", ["20000000ns 10.0.0.1:53 [fd00::1]:53"]),
            ("gone.test", ["30000000ns the name does not exist"]),
            ("busy.test", ["0ns the name servers do not answer"]),
            ("full.test", ["0ns too many look-ups are waiting"]),
            ("unknown.test", ["0ns the name does not exist"]),
            ("silent.test", []),
        ]
    )
    func answers(_ host: String, _ expected: [String]) {
        let machine = SimulatedMachine(
            zone: .table([
                "both.test": .addresses(["10.0.0.1", "fd00::1"], after: .milliseconds(20)),
                "gone.test": .fails(.notFound, after: .milliseconds(30)),
                "busy.test": .fails(.temporary, after: .zero),
                "full.test": .fails(.ours, after: .zero),
                "silent.test": .never,
            ])
        )
        machine.loop.simulate(.seconds(60)) { loop in
            let observer = AnswerRecorder(machine.kernel)
            machine.resolver.resolve(host, port: 53, token: 9, for: observer, on: loop)
        }
        let told = machine.kernel.trace.texts.filter { $0.hasPrefix("token 9: ") }
        #expect(told == expected.map { "token 9: \($0)" })
    }

    @Test("who asks again while it waits hears once, when the first answer comes, with the later token")
    func askedAgain() {
        let machine = SimulatedMachine(zone: .always(.addresses(["10.0.0.1"], after: .seconds(2))))
        machine.loop.simulate(.seconds(60)) { loop in
            let observer = AnswerRecorder(machine.kernel)
            machine.resolver.resolve("db.test", port: 53, token: 1, for: observer, on: loop)
            loop.schedule(at: loop.now.advanced(by: .seconds(1))) {
                machine.resolver.resolve("db.test", port: 53, token: 2, for: observer, on: loop)
            }
        }
        let told = machine.kernel.trace.texts.filter { $0.hasPrefix("token") }
        #expect(told == ["token 2: 2000000000ns 10.0.0.1:53"])
    }
}

/// Notes answers.
private final class AnswerRecorder: ResolutionObserver {
    private let kernel: SimulatedKernel

    init(_ kernel: SimulatedKernel) {
        self.kernel = kernel
    }

    func resolved(_ answer: ResolutionAnswer, token: UInt64, on loop: isolated EventLoop) {
        let text =
            switch answer {
            case .addresses(let addresses): addresses.map(\.description).joined(separator: " ")
            case .failed(let failure): failure.message
            }
        kernel.record("token \(token): \(kernel.elapsed.inNanoseconds)ns \(text)")
    }
}
