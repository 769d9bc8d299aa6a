// SPDX-License-Identifier: Apache-2.0

/// A length of time as peers write it, in nanoseconds.
struct Span: Hashable, Comparable {
    let nanoseconds: Int64

    static func seconds(_ count: Int64) -> Span {
        Span(nanoseconds: min(max(count, 0), 9_000_000_000).multipliedReportingOverflow(by: 1_000_000_000).partialValue)
    }

    static func milliseconds(_ count: Int64) -> Span {
        Span(nanoseconds: min(max(count, 0), 9_000_000_000_000).multipliedReportingOverflow(by: 1_000_000).partialValue)
    }

    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
        ("h", 3_600_000_000_000), ("d", 86_400_000_000_000), ("w", 604_800_000_000_000), ("y", 31_536_000_000_000_000),
    ]

    init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Reads `1m30s`, `1.5s`, `0` (Go's `time.ParseDuration`, and Prometheus' units); nil for anything else and beyond 292 years.
    init?(goText text: String) {
        guard text != "0" else {
            self.init(nanoseconds: 0)
            return
        }
        var (rest, total) = (text[...], Int64(0))
        guard !rest.isEmpty, rest.utf8.count <= 64 else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest[number.endIndex...]
            let unit = rest.prefix { !($0.isASCII && $0.isNumber) && $0 != "." }
            rest = rest[unit.endIndex...]
            guard let size = Self.units.first(where: { $0.name == unit })?.nanoseconds,
                let part = Self.product(number, size)
            else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { return nil }
            total = sum
        }
        self.init(nanoseconds: total)
    }

    /// Reads `250`, `2s`, `1m` (HAProxy, section 2.5: a bare number is milliseconds); nil for anything else.
    init?(haproxyText text: String) {
        if let number = Int64(text), number >= 0 {
            self = .milliseconds(number)
        } else {
            self.init(goText: text)
        }
    }

    /// As the configuration writes it, rounded up to whole milliseconds.
    var text: String {
        let milliseconds = nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 > 0 ? 1 : 0)
        for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] as [(String, Int64)]
        where milliseconds >= size && milliseconds % size == 0 {
            return "\(milliseconds / size)\(unit)"
        }
        return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
    }

    static func < (left: Span, right: Span) -> Bool { left.nanoseconds < right.nanoseconds }

    private static func product(_ number: Substring, _ size: Int64) -> Int64? {
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = Int64(parts.first ?? ""), parts.count <= 2 else { return nil }
        var (result, overflow) = whole.multipliedReportingOverflow(by: size)
        guard !overflow else { return nil }
        var digit = size
        for character in parts.count == 2 ? parts[1] : "" {
            digit /= 10
            guard let value = character.wholeNumberValue else { return nil }
            (result, overflow) = result.addingReportingOverflow(digit * Int64(value))
            guard !overflow else { return nil }
        }
        return result
    }
}
