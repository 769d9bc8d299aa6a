// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("WallTime from RFC 3339")
struct WallTimeParsingTests {
    @Test(
        "a time is read to the nanosecond, in any zone",
        arguments: [
            ("2026-11-21T03:49:10.042Z", "2026-11-21T03:49:10.042Z"),
            ("2026-11-21t03:49:10z", "2026-11-21T03:49:10.000Z"),
            ("2026-11-21 04:49:10+01:00", "2026-11-21T03:49:10.000Z"),
            ("2026-11-20T20:19:10-07:30", "2026-11-21T03:49:10.000Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
            ("2000-02-29T23:59:60Z", "2000-03-01T00:00:00.000Z"),
            ("2261-12-31T23:59:59.999999999999Z", "2261-12-31T23:59:59.999Z"),
            ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000Z"),
            ("1678-03-01T00:00:00Z", "1678-03-01T00:00:00.000Z"),
            ("0324-03-30T19:56:50Z", WallTime(nanosecondsSinceEpoch: .min).rfc3339),
            ("9999-12-31T23:59:59Z", WallTime(nanosecondsSinceEpoch: .max).rfc3339),
        ]
    )
    func legal(text: String, same: String) {
        #expect(WallTime(rfc3339: text)?.rfc3339 == same)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "2026-11-21", "2026-11-21T03:49:10", "2026-13-21T03:49:10Z", "2026-02-29T03:49:10Z",
            "2100-02-29T00:00:00Z",
            "2026-11-21T24:00:00Z", "2026-11-21T03:60:10Z", "2026-11-21T03:49:61Z", "2026-11-21T03:49:10.Z",
            "2026-11-21T03:49:10+1:00", "2026-11-21T03:49:10+01:00x",
            "+026-11-21T03:49:10Z", "2026-11-21T03:49:10.12é",
        ]
    )
    func illegal(text: String) {
        #expect(WallTime(rfc3339: text) == nil)
    }
}
