// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("WallTime")
struct WallTimeTests {
    @Test(
        "a time reads as RFC 3339 in UTC with milliseconds",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (999_999, "1970-01-01T00:00:00.000Z"),
            (1_000_000, "1970-01-01T00:00:00.001Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
            (951_868_799_999_999_999, "2000-02-29T23:59:59.999Z"),
            (951_868_800_000_000_000, "2000-03-01T00:00:00.000Z"),
            (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z"),
            (1_795_232_950_042_000_000, "2026-11-21T03:49:10.042Z"),
            (-2_208_988_800_000_000_000, "1900-01-01T00:00:00.000Z"),
            (Int64.max, "2262-04-11T23:47:16.854Z"),
            (Int64.min, "1677-09-21T00:12:43.145Z"),
        ]
    )
    func rfc3339(nanoseconds: Int64, text: String) {
        #expect(WallTime(nanosecondsSinceEpoch: nanoseconds).rfc3339 == text)
    }

    @Test(
        "a time beyond 2262 is told to the second",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (1_795_232_950, "2026-11-21T03:49:10Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
            (-62_167_219_200, "0000-01-01T00:00:00Z"),
        ]
    )
    func seconds(since epoch: Int64, text: String) {
        #expect(WallTime.rfc3339(secondsSinceEpoch: epoch) == text)
    }

    @Test("adding never overflows")
    func saturation() {
        let late = WallTime(nanosecondsSinceEpoch: .max - 1)
        #expect(late.advanced(by: .seconds(1)) == WallTime(nanosecondsSinceEpoch: .max))
        let early = WallTime(nanosecondsSinceEpoch: .min + 1)
        #expect(early.advanced(by: .seconds(-1)) == WallTime(nanosecondsSinceEpoch: .min))
        #expect(late.advanced(by: .nanoseconds(-1)) < late)
    }
}

@Suite("MonotonicInstant")
struct MonotonicInstantTests {
    @Test("adding is held at the ends of the range")
    func saturation() {
        let zero = MonotonicInstant(nanoseconds: 0)
        #expect(zero.advanced(by: .seconds(Int64.max)) == MonotonicInstant(nanoseconds: .max))
        #expect(zero.advanced(by: .seconds(Int64.min)) == MonotonicInstant(nanoseconds: .min))
        #expect(
            MonotonicInstant(nanoseconds: .max).advanced(by: .nanoseconds(1)) == MonotonicInstant(nanoseconds: .max)
        )
        #expect(
            MonotonicInstant(nanoseconds: .min).advanced(by: .nanoseconds(-1)) == MonotonicInstant(nanoseconds: .min)
        )
    }

    @Test("a distance is signed and held at the ends of the range")
    func distance() {
        let zero = MonotonicInstant(nanoseconds: 0)
        let later = zero.advanced(by: .milliseconds(5))
        #expect(zero.duration(to: later) == .milliseconds(5))
        #expect(later.duration(to: zero) == .milliseconds(-5))
        let first = MonotonicInstant(nanoseconds: .min)
        let last = MonotonicInstant(nanoseconds: .max)
        #expect(first.duration(to: last) == .nanoseconds(Int64.max))
        #expect(last.duration(to: first) == .nanoseconds(Int64.min))
        #expect(first < last)
    }
}
