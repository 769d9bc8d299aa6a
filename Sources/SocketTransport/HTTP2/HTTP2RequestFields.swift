// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// The fields of a request as HTTP/2 has them (RFC 9113 section 8.3.1), put together once for many exchanges.
///
/// All names and values lie behind each other in one array, so that a request is no list of strings.
struct HTTP2RequestFields {
    /// Where a field lies.
    struct Place {
        let name: Range<Int>
        let value: Range<Int>
        /// Whether it belongs to one exchange only: the peers then do not remember it, be it a secret or a time.
        let isPassing: Bool
    }

    /// Names and values.
    private(set) var bytes: [UInt8] = []
    /// The fields in the order in which they are sent.
    private(set) var places: [Place] = []

    /// Puts `request` together; `User-Agent` is added where it is not given, and `Host` becomes `:authority`.
    init(_ request: HTTPRequest) {
        let authority = request.headers.first { $0.name.lowercased() == "host" }?.value
        append(":method", request.method)
        append(":scheme", request.url.isSecure ? "https" : "http")
        append(":authority", authority ?? request.url.authority)
        append(":path", request.url.pathAndQuery)
        for field in request.headers where field.name.lowercased() != "host" { append(field.name, field.value) }
        guard !request.headers.contains(where: { $0.name.lowercased() == "user-agent" }) else { return }
        append("user-agent", "bellwether")
    }

    /// The same with more fields behind them.
    func adding(_ fields: [HTTPField]) -> HTTP2RequestFields {
        var all = self
        for field in fields { all.append(field.name, field.value, isPassing: true) }
        return all
    }

    private mutating func append(_ name: String, _ value: String, isPassing: Bool = false) {
        let start = bytes.count
        // Field names are in lower case (RFC 9113 section 8.2.1).
        bytes.append(contentsOf: name.utf8.lazy.map { (65...90).contains($0) ? $0 | 32 : $0 })
        let middle = bytes.count
        bytes.append(contentsOf: value.utf8)
        places.append(Place(name: start..<middle, value: middle..<bytes.count, isPassing: isPassing))
    }
}
