// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Probers
import TransportSecurity

/// For runs that end by their deadline: long enough that a busy machine's late loop is no tenth of it.
let fewSeconds = Duration.seconds(3)

/// One real run of a TCP probe that talks, over real sockets.
func dialogOutcome(
    _ port: UInt16,
    _ security: TCPSecurity = .none,
    _ dialog: [DialogStep] = [],
    timeout: Duration = .seconds(20)
) async throws -> Outcome {
    let probe = TCPProbe(address: try HostPort("127.0.0.1:\(port)"), security: security, dialog: dialog)
    return try await withLoop { loop in
        let resolver = try SystemResolver()
        let prober = try TCPDialogProber(probe, resolver: resolver, files: TLSFiles())
        let outcome = await withCheckedContinuation(isolation: loop) { continuation in
            let observer = DialogObserver(continuation)
            let deadline = loop.now.advanced(by: timeout)
            prober.start(ProbeRunID(1), deadline: deadline, for: observer, on: loop)
        }
        prober.stop(on: loop)
        resolver.stop(on: loop)
        precondition(loop.budget.held == 0, "\(loop.budget.held) descriptors are still held")
        return outcome
    }
}

/// Resumes a waiting test with the outcome.
private final class DialogObserver: ProbeObserver {
    private let continuation: CheckedContinuation<Outcome, Never>

    init(_ continuation: CheckedContinuation<Outcome, Never>) {
        self.continuation = continuation
    }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        continuation.resume(returning: outcome)
    }
}

extension DialogStep {
    static func send(_ text: String) -> DialogStep { .send(DialogText(text)) }
    static func expect(_ text: String) -> DialogStep { .expect(DialogText(text)) }
}
