// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime
import Synchronization

/// An operating system without a machine: virtual time, simulated sockets, and everything decided by a seed.
///
/// The clock moves only while the loop waits, and then at once to the next instant at which something is due: a day takes
/// seconds, and every run with one seed is the same. What the loop does itself takes no time; `advance(by:)` lets a handler
/// be slow. Nothing ever blocks: a wait that nothing could end is a deadlock, which is recorded and returns.
///
/// All calls but `now`, `wallTime`, `wake()` and looks at the outcome come from the loop's thread.
package final class SimulatedKernel: Kernel {
    struct State {
        var now: MonotonicInstant
        var wallOffset: Duration = .zero
        var agenda = Agenda()
        var descriptors: DescriptorSet
        var network: SimulatedNetwork
        var networkRandom: SimulationRandom
        var datagrams = SimulatedDatagrams.always(.drops)
        var chaos: SimulatedChaos
        var chaosRandom: SimulationRandom
        var trace = SimulationTrace()
        var isWoken = false
        var isCutOff = false
        var deadlocks = 0
        var onDeadlock: (@Sendable () -> Void)?
        var waitsWithoutProgress = 0
        var timeWaits = 0
    }

    /// When the simulation starts, on the monotonic clock: an hour after boot.
    package static let start = MonotonicInstant(nanoseconds: 3_600_000_000_000)
    /// When it starts on the calendar: 2026-01-01T00:00:00Z.
    package static let wallStart = WallTime(nanosecondsSinceEpoch: 1_767_225_600_000_000_000)

    /// Decides everything.
    package let seed: UInt64
    let state: Mutex<State>

    /// Waits in a row at one instant after which the loop is taken to be stuck.
    private static let progressLimit = 100_000

    /// - Parameters:
    ///   - seed: decides everything that is drawn.
    ///   - network: what becomes of connection attempts.
    ///   - chaos: how much is disturbed.
    ///   - descriptorLimit: how many descriptors may be open at once; one more is EMFILE.
    package init(
        seed: UInt64 = 0,
        network: SimulatedNetwork = .always(.accepts(after: .milliseconds(1))),
        chaos: SimulatedChaos = .none,
        descriptorLimit: Int = 1_048_576
    ) {
        self.seed = seed
        state = Mutex(
            State(
                now: Self.start,
                descriptors: DescriptorSet(limit: descriptorLimit),
                network: network,
                networkRandom: SimulationRandom(seed: seed, stream: "network"),
                chaos: chaos,
                chaosRandom: SimulationRandom(seed: seed, stream: "chaos")
            )
        )
    }

    package var now: MonotonicInstant { state.withLock(\.now) }

    package var wallTime: WallTime {
        state.withLock { Self.wallStart.advanced(by: Self.start.duration(to: $0.now) + $0.wallOffset) }
    }

    @discardableResult
    package func wait(timeout: Duration?, ready: inout [Readiness]) -> Bool {
        ready.removeAll(keepingCapacity: true)
        let beganAt = now
        let end = earlyEnd(timeout) ?? timeout.map { beganAt.advanced(by: max(.zero, $0)) }
        while true {
            runDue()
            takeReady(into: &ready)
            if !ready.isEmpty || takeWakeUp() { break }
            if let end, now >= end { break }
            guard moveClock(atMostTo: end) else {
                reportDeadlock()
                break
            }
        }
        disturb(after: beganAt, &ready)
        checkProgress(since: beganAt)
        return false
    }

    package func wake() {
        state.withLock { $0.isWoken = true }
    }

    private func takeWakeUp() -> Bool {
        state.withLock { state in
            defer { state.isWoken = false }
            return state.isWoken
        }
    }

    private func takeReady(into ready: inout [Readiness]) {
        state.withLock { $0.descriptors.takeReady(into: &ready) }
    }

    /// Lets happen what is due; the lock is not held meanwhile.
    private func runDue() {
        while let action = state.withLock({ $0.agenda.popDue(at: $0.now) }) { action() }
    }

    /// Moves the clock to the next thing that happens or to `end`; false when there is neither.
    private func moveClock(atMostTo end: MonotonicInstant?) -> Bool {
        state.withLock { state in
            guard let next = [state.agenda.next, end].compactMap(\.self).min() else { return false }
            state.now = max(state.now, next)
            return true
        }
    }

    /// The end of a wait that chaos cuts short; nil when it does not.
    private func earlyEnd(_ timeout: Duration?) -> MonotonicInstant? {
        state.withLock { state in
            guard let timeout, timeout > .zero, state.chaosRandom.chance(state.chaos.earlyWaits) else { return nil }
            return state.now.advanced(by: state.chaosRandom.duration(in: .zero...timeout))
        }
    }

    /// Adds the other disturbances to a wait that is over.
    private func disturb(after beganAt: MonotonicInstant, _ ready: inout [Readiness]) {
        let stale: UInt64? = state.withLock { state in
            if state.now > beganAt, state.chaos.oversleep > .zero {
                state.now = state.now.advanced(by: state.chaosRandom.duration(in: .zero...state.chaos.oversleep))
            }
            guard state.chaosRandom.chance(state.chaos.staleTokens) else { return nil }
            return state.descriptors.staleTokens.randomElement(using: &state.chaosRandom)
        }
        guard let stale else { return }
        ready.append(Readiness(token: stale, events: [.readable, .writable, .hangUp]))
    }

    private func reportDeadlock() {
        let tell = state.withLock { state in
            state.deadlocks += 1
            return state.onDeadlock
        }
        record("deadlock")
        tell?()
    }

    /// Ends a run that would go on for ever at one instant.
    private func checkProgress(since beganAt: MonotonicInstant) {
        let (waits, now) = state.withLock { state in
            state.waitsWithoutProgress = state.now > beganAt ? 0 : state.waitsWithoutProgress + 1
            return (state.waitsWithoutProgress, state.now)
        }
        precondition(
            waits < Self.progressLimit,
            "the loop waited \(waits) times in a row and the clock still shows \(now.nanoseconds) ns"
        )
    }
}
