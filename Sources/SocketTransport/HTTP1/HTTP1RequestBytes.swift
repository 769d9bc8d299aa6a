// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// A request as it goes over an HTTP/1.1 connection (RFC 9112 section 3), put together once for many exchanges.
struct HTTP1RequestBytes {
    /// The whole request.
    let whole: [UInt8]
    /// Where in it the empty line begins: fields of a single exchange go here.
    private let fieldsEnd: Int

    /// Puts `request` together; `Host`, `Accept`, `User-Agent` and `Content-Length` are added where they are not given.
    init(_ request: HTTPRequest) {
        let given = Set(request.headers.map { $0.name.lowercased() })
        let host = request.headers.first { $0.name.lowercased() == "host" }?.value
        var text = "\(request.method) \(request.url.pathAndQuery) HTTP/1.1\r\n"
        text += "Host: \(host ?? request.url.authority)\r\n"
        if !given.contains("accept") { text += "Accept: */*\r\n" }
        for field in request.headers where field.name.lowercased() != "host" { text += Self.line(field) }
        if !given.contains("user-agent") { text += "User-Agent: bellwether\r\n" }
        // A POST says that it has no content, other methods have none unless they say so (RFC 9110 section 8.6).
        if let length = request.body?.count ?? (request.method == "POST" ? 0 : nil) {
            text += "Content-Length: \(length)\r\n"
        }
        fieldsEnd = text.utf8.count
        whole = Array(text.utf8) + Array("\r\n".utf8) + (request.body ?? [])
    }

    /// The request with more fields, after those it has.
    func adding(_ fields: [HTTPField]) -> [UInt8] {
        guard !fields.isEmpty else { return whole }
        let lines = fields.map(Self.line).joined()
        return whole[..<fieldsEnd] + Array(lines.utf8) + whole[fieldsEnd...]
    }

    private static func line(_ field: HTTPField) -> String {
        field.value.isEmpty ? "\(field.name):\r\n" : "\(field.name): \(field.value)\r\n"
    }
}
