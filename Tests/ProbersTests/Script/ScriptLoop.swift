// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Probers

/// Runs `body` with a loop that has a thread of its own, and ends that afterwards.
func withLoop<Result: Sendable>(
    descriptorLimit: Int = 64,
    _ body: (EventLoop) async throws -> Result
) async throws -> Result {
    let loop = EventLoop(kernel: try SystemKernel(), descriptorLimit: descriptorLimit)
    let thread = try LoopThread(running: loop, name: "script-test")
    do {
        let result = try await body(loop)
        thread.stopAndJoin()
        return result
    } catch {
        thread.stopAndJoin()
        throw error
    }
}

/// The outcome of one run with a real process, on a loop of its own.
func outcome(of probe: ScriptProbe, timeLimit: Duration = .seconds(20)) async throws -> Outcome {
    try await withLoop { loop in try await loop.outcomes(of: probe, timeLimit: timeLimit, count: 1)[0] }
}

extension EventLoop {
    /// The outcomes of runs one after another, by one prober.
    func outcomes(of probe: ScriptProbe, timeLimit: Duration, count: Int) async throws -> [Outcome] {
        let reaper = ProcessReaper(spawner: try SystemProcessSpawner())
        let prober = ScriptProber.forTests(probe, reaper: reaper)
        var outcomes: [Outcome] = []
        for number in 0..<UInt64(count) {
            outcomes.append(await run(prober, number, timeLimit: timeLimit))
        }
        prober.stop(on: self)
        return outcomes
    }

    /// One run of a prober that lives on this loop.
    func run(_ prober: any Prober, _ number: UInt64 = 1, timeLimit: Duration = .seconds(20)) async -> Outcome {
        await withCheckedContinuation(isolation: self) { continuation in
            let observer = ContinuationObserver(continuation)
            prober.start(ProbeRunID(number), deadline: now.advanced(by: timeLimit), for: observer, on: self)
        }
    }
}

extension ScriptProber {
    static func forTests(
        _ probe: ScriptProbe,
        reaper: ProcessReaper,
        files: any FileLayer = SystemFiles(),
        limit: Int = 32
    ) -> ScriptProber {
        forTests(probe, host: ScriptHost(reaper: reaper, files: files, user: getuid(), limit: limit))
    }

    static func forTests(_ probe: ScriptProbe, host: ScriptHost) -> ScriptProber {
        guard let name = TargetName("disk") else { preconditionFailure("a legal name was refused") }
        return ScriptProber(target: name, probe: probe, host: host)
    }
}

/// Resumes a continuation with the outcome; a second outcome would trap.
private final class ContinuationObserver: ProbeObserver {
    private let continuation: CheckedContinuation<Outcome, Never>

    init(_ continuation: CheckedContinuation<Outcome, Never>) {
        self.continuation = continuation
    }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        continuation.resume(returning: outcome)
    }
}
