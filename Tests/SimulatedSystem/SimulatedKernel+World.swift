// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Synchronization

/// The world around the loop: what happens in it by itself, and what was seen of it.
extension SimulatedKernel {
    /// How long the simulation has run.
    package var elapsed: Duration { Self.start.duration(to: now) }

    /// Lets something happen `delay` from now, at once within the next wait when it is zero.
    ///
    /// `action` runs on the loop's thread while the loop waits, so it changes the world and never the loop's objects.
    package func after(_ delay: Duration, _ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.agenda.add(at: $0.now.advanced(by: delay), action) }
    }

    /// Lets time pass within a handler: a slow handler, a stalled machine, a suspended laptop.
    package func advance(by duration: Duration) {
        precondition(duration >= .zero, "the monotonic clock cannot go back by \(duration)")
        state.withLock { $0.now = $0.now.advanced(by: duration) }
        record("stalled for \(duration.readable)")
    }

    /// Sets the calendar forward or back, as an operator or a time server does.
    package func stepWallTime(by duration: Duration) {
        state.withLock { $0.wallOffset += duration }
        record("calendar set by \(duration.readable)")
    }

    /// Replaces the network, for attempts that begin from now on.
    package func use(_ network: SimulatedNetwork) {
        state.withLock { $0.network = network }
    }

    /// Replaces what becomes of datagrams, for those that are sent from now on; at first all are lost.
    package func use(_ datagrams: SimulatedDatagrams) {
        state.withLock { $0.datagrams = datagrams }
    }

    /// Takes every route away, as a pulled cable does, or gives them back; what a connection attempt meets is the network's.
    package func cutOff(_ isCutOff: Bool) {
        state.withLock { $0.isCutOff = isCutOff }
    }

    /// Changes how much is disturbed from now on.
    package func use(_ chaos: SimulatedChaos) {
        state.withLock { $0.chaos = chaos }
    }

    /// Calls `action` at each deadlock, for example to stop the loop.
    package func onDeadlock(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.onDeadlock = action }
    }

    /// Whether the loop ever waited for nothing at all: no timer, no event of the world, no wake-up.
    package var hasDeadlocked: Bool { state.withLock { $0.deadlocks > 0 } }

    /// What is open now, by number.
    package var openDescriptors: [OpenDescriptor] { state.withLock { $0.descriptors.listing } }

    /// How many established connections were closed in a way that leaves TIME_WAIT behind.
    package var timeWaits: Int { state.withLock { $0.timeWaits } }

    /// What happened so far.
    package var trace: SimulationTrace { state.withLock { $0.trace } }

    /// Adds a line to the trace; for tests, too, to note what they see.
    package func record(_ text: String) {
        state.withLock { $0.trace.record(text, after: Self.start.duration(to: $0.now)) }
    }

    /// A stream of draws for one part of the simulation.
    package func random(for part: String) -> SimulationRandom {
        SimulationRandom(seed: seed, stream: part)
    }
}
