// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// How many lines about targets may be logged: when thousands fail at once, a log of all of them helps nobody.
struct LogPace {
    /// Most lines within one second.
    static let linesPerSecond = 100

    private var windowStart: MonotonicInstant?
    private var admitted = 0
    private var suppressed = 0

    /// Whether a line may be written now, and how many were not since this was last said.
    ///
    /// The number is given once, with the first line of a new second.
    mutating func admit(at now: MonotonicInstant) -> (isAdmitted: Bool, suppressed: Int) {
        if let start = windowStart, start.duration(to: now) < .seconds(1) {
            guard admitted < Self.linesPerSecond else {
                suppressed += 1
                return (false, 0)
            }
            admitted += 1
            return (true, 0)
        }
        defer { suppressed = 0 }
        windowStart = now
        admitted = 1
        return (true, suppressed)
    }
}
