// SPDX-License-Identifier: Apache-2.0

/// The text of the `grpc-timeout` field (gRPC over HTTP/2, `Timeout`): at most 8 digits and a unit.
package enum GRPCTimeout {
    /// `time` in the finest of milliseconds, seconds, minutes and hours that holds it, rounded down; below a millisecond in
    /// microseconds or nanoseconds.
    ///
    /// A time that is over gives `0n`.
    package static func text(_ time: Duration) -> String {
        let (seconds, attoseconds) = time.components
        guard seconds >= 0, attoseconds >= 0 else { return "0n" }
        let milliseconds = attoseconds / 1_000_000_000_000_000
        if seconds == 0, milliseconds == 0 {
            let nanoseconds = attoseconds / 1_000_000_000
            return nanoseconds >= 1_000 ? "\(nanoseconds / 1_000)u" : "\(nanoseconds)n"
        }
        if seconds < largest / 1_000 { return "\(seconds * 1_000 + milliseconds)m" }
        for (length, unit) in [(Int64(1), "S"), (60, "M"), (3_600, "H")] where seconds / length <= largest {
            return "\(seconds / length)\(unit)"
        }
        return "\(largest)H"
    }

    private static let largest: Int64 = 99_999_999
}
