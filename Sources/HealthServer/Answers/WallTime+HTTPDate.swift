// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension WallTime {
    /// The time as RFC 9110 section 5.6.7 writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
    var httpDate: String {
        let parts = rfc3339.split { "-T:.".contains($0) }
        guard parts.count >= 6, let month = Int(parts[1]) else { return rfc3339 }
        let seconds = Int64(secondsSinceEpoch.rounded(.down))
        // 1970-01-01 was a Thursday.
        let weekday = Int(((seconds - ((seconds % 86_400) + 86_400) % 86_400) / 86_400 % 7 + 11) % 7)
        let date = "\(Self.weekdays[weekday]), \(parts[2]) \(Self.months[month - 1]) \(parts[0])"
        return "\(date) \(parts[3]):\(parts[4]):\(parts[5]) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
