// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// What a trace shows of HTTP/2: fields as text, because neither people nor the search for secrets read HPACK (RFC 7541).
extension HTTP2Exchange {
    /// Shows the request that is sent.
    func traceRequest(_ fields: HTTP2RequestFields, on loop: isolated EventLoop) {
        guard let trace = loop.trace else { return }
        var bytes: [UInt8] = []
        for place in fields.places {
            bytes += fields.bytes[place.name] + Array(": ".utf8) + fields.bytes[place.value] + Array("\r\n".utf8)
        }
        trace.sent(bytes + Array("\r\n".utf8) + (request.body ?? []), at: loop.kernel.now)
    }

    /// Shows fields of the answer, behind what they begin with.
    func traceFields(_ fields: HTTPHeaders, after beginning: String? = nil, on loop: isolated EventLoop) {
        guard let trace = loop.trace else { return }
        let lines = (beginning.map { [$0] } ?? []) + fields.fields.map { "\($0.name): \($0.value)" }
        guard !lines.isEmpty else { return }
        trace.received(Array(lines.map { $0 + "\r\n" }.joined().utf8), at: loop.kernel.now)
    }
}
