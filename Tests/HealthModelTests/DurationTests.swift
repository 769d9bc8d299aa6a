// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("Duration")
struct DurationTests {
    @Test(
        "a duration reads as people write it",
        arguments: [
            (Duration.zero, "0ms"),
            (.milliseconds(1), "1ms"),
            (.microseconds(1_500), "1.5ms"),
            (.microseconds(999_990), "999.9ms"),
            (.microseconds(50), "0.05ms"),
            (.microseconds(3), "0.003ms"),
            (.nanoseconds(1), "0ms"),
            (.seconds(1), "1s"),
            (.milliseconds(1_500), "1.5s"),
            (.milliseconds(1_050), "1.05s"),
            (.milliseconds(59_999), "59.99s"),
            (.seconds(60), "1m"),
            (.seconds(61), "1m 1s"),
            (.seconds(3_900), "1h 5m"),
            (.seconds(3_601), "1h"),
            (.seconds(86_400 * 7), "7d"),
            (.seconds(86_400 + 300), "1d"),
            (.milliseconds(-1_500), "-1.5s"),
            (.nanoseconds(-1), "0ms"),
            (.seconds(Int64.max), "106751d 23h"),
            (.seconds(Int64.min), "-106751d 23h"),
        ]
    )
    func readable(duration: Duration, text: String) {
        #expect(duration.readable == text)
    }

    @Test(
        "nanoseconds are exact within 292 years and held beyond",
        arguments: [
            (Duration.nanoseconds(-1), Int64(-1)),
            (.milliseconds(-1_500), -1_500_000_000),
            (.nanoseconds(Int64.max), .max),
            (.nanoseconds(Int64.min), .min),
            (.nanoseconds(Int64.max) + .nanoseconds(1), .max),
            (.nanoseconds(Int64.min) - .nanoseconds(1), .min),
            (.seconds(Int64.max), .max),
            (.seconds(Int64.min), .min),
        ]
    )
    func inNanoseconds(duration: Duration, nanoseconds: Int64) {
        #expect(duration.inNanoseconds == nanoseconds)
    }

    @Test("seconds keep the fraction")
    func inSeconds() {
        #expect(Duration.milliseconds(1_250).inSeconds == 1.25)
        #expect(Duration.milliseconds(-250).inSeconds == -0.25)
    }
}
