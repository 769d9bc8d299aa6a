// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// When the service manager may be told that the agent is alive: only while everything that must move does.
///
/// The watchdog is for what the agent cannot notice itself, such as a thread that hangs. So it is told of progress that others made,
/// never just that the teller runs.
struct WatchdogRule: Hashable, Sendable {
    /// After how long without a word the service manager ends the agent.
    let interval: Duration

    /// How long to sleep between two looks: four of them fall into the interval, so that one late look is forgiven.
    var pace: Duration { max(.milliseconds(10), interval / 4) }

    /// The oldest sign of life that is believed: half the interval, which leaves the other half for a late look; and never less than
    /// three beats, of which there are two each second.
    var oldestBeat: Duration { max(.milliseconds(1_500), interval / 2) }

    /// Whether each of `beats` is young enough.
    ///
    /// - Parameters:
    ///   - beats: the last sign of life of everything that must move.
    ///   - now: the present.
    /// - Returns: whether the service manager may be told.
    func isAlive(_ beats: [MonotonicInstant], now: MonotonicInstant) -> Bool {
        beats.allSatisfy { $0.duration(to: now) <= oldestBeat }
    }
}
