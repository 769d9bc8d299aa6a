// SPDX-License-Identifier: Apache-2.0

import ProbeConfig

/// How often `bellwether probe` probes.
struct ProbeRepetition: Hashable {
    /// How many times; nil = until it is interrupted.
    let count: Int?
    /// Between the starts of two runs; a run that takes longer is followed by the next at once.
    let interval: Duration

    /// Once.
    static let once = ProbeRepetition(count: 1, interval: .seconds(1))

    /// The most runs that can be asked for.
    static let counts = 1...1_000_000
    /// What may lie between two starts.
    static let intervals = Duration.milliseconds(1)...Duration.seconds(86_400)

    /// Reads the options `--repeat` and `--interval`; the latter alone repeats without an end, as `ping` does.
    ///
    /// - Parameters:
    ///   - count: of `--repeat`.
    ///   - interval: of `--interval`; nil = one second.
    /// - Returns: nil when neither is there.
    /// - Throws: what is wrong with one.
    static func read(count: Int?, interval: String?) throws(ProbeRefusal) -> ProbeRepetition? {
        guard count != nil || interval != nil else { return nil }
        if let count, !counts.contains(count) {
            throw ProbeRefusal(.usage, "bellwether: --repeat: \(count) is out of range (1 to \(counts.upperBound))")
        }
        guard let interval else { return ProbeRepetition(count: count, interval: .seconds(1)) }
        guard let duration = Duration(configurationText: interval), intervals.contains(duration) else {
            throw ProbeRefusal(
                .usage,
                "bellwether: --interval: \"\(interval)\" is not a duration of 1ms to 1d (use 500ms, 5s, 2m)"
            )
        }
        return ProbeRepetition(count: count, interval: duration)
    }
}

/// Why nothing was probed.
struct ProbeRefusal: Error, Hashable {
    let status: CommandStatus
    /// For standard error.
    let message: String

    init(_ status: CommandStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}
