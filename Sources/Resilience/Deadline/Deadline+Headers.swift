// SPDX-License-Identifier: Apache-2.0

extension Deadline {
    /// The longest inbound deadline that is believed: one hour.
    ///
    /// A longer one is shortened to it.
    public static let maximumInbound = Duration.seconds(3_600)

    /// Reads the value of a `grpc-timeout` header: one to eight digits and a unit of `H M S m u n`.
    ///
    /// The format is that of the gRPC protocol over HTTP/2, section "Requests".
    ///
    /// - Parameters:
    ///   - header: the value, such as `250m`.
    ///   - time: the time it is measured by; default `ContinuousClock`.
    public init?(grpcTimeout header: some StringProtocol, time: TimeSource = TimeSource()) {
        guard let unit = header.last, let count = Self.number(header.dropLast(), maximumDigits: 8) else { return nil }
        let duration: Duration
        switch unit {
        case "H": duration = .seconds(count * 3_600)
        case "M": duration = .seconds(count * 60)
        case "S": duration = .seconds(count)
        case "m": duration = .milliseconds(count)
        case "u": duration = .microseconds(count)
        case "n": duration = .nanoseconds(count)
        default: return nil
        }
        self.init(after: min(duration, Self.maximumInbound), time: time)
    }

    /// Reads the value of an `X-Request-Deadline-Ms` header: the milliseconds left, at most nine digits.
    ///
    /// - Parameters:
    ///   - header: the value, such as `1500`.
    ///   - time: the time it is measured by; default `ContinuousClock`.
    public init?(requestDeadlineMilliseconds header: some StringProtocol, time: TimeSource = TimeSource()) {
        guard let count = Self.number(header, maximumDigits: 9) else { return nil }
        self.init(after: min(.milliseconds(count), Self.maximumInbound), time: time)
    }

    /// The value of an outbound `grpc-timeout` header: what is left, less an allowance for the way.
    ///
    /// - Parameter allowance: what the way costs; default 5 ms.
    /// - Returns: whole milliseconds, or seconds above eight digits; `0m` when nothing is left.
    public func grpcTimeout(allowance: Duration = .milliseconds(5)) -> String {
        let milliseconds = outboundMilliseconds(allowance)
        return milliseconds < 100_000_000 ? "\(milliseconds)m" : "\(min(milliseconds / 1_000, 99_999_999))S"
    }

    /// The value of an outbound `X-Request-Deadline-Ms` header: what is left, less an allowance for the way.
    ///
    /// - Parameter allowance: what the way costs; default 5 ms.
    /// - Returns: whole milliseconds; `0` when nothing is left.
    public func requestDeadlineMilliseconds(allowance: Duration = .milliseconds(5)) -> String {
        String(outboundMilliseconds(allowance))
    }

    /// Rounded down, so that nobody downstream believes in time that we do not have.
    private func outboundMilliseconds(_ allowance: Duration) -> Int64 {
        let left = remaining - allowance
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? .max : product + attoseconds / 1_000_000_000_000_000
    }

    private static func number(_ text: some StringProtocol, maximumDigits: Int) -> Int64? {
        guard (1...maximumDigits).contains(text.utf8.count) else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }
}
