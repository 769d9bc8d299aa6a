// SPDX-License-Identifier: Apache-2.0

import HealthModel
package import LinuxRuntime

/// Carries plain HTTP/1.1 on our own sockets, and hands every other request to a transport that can do more.
///
/// Most probes of many targets are such requests, and this costs them a third of what libcurl does.
package final class PlainTransport: HTTPTransport {
    private let resolver: any Resolver
    private let other: any HTTPTransport
    private let buffer = HTTP1Exchange.ReadBuffer()

    /// - Parameters:
    ///   - resolver: finds the addresses of names.
    ///   - other: takes what this transport does not.
    package init(resolver: any Resolver, otherwise other: any HTTPTransport) {
        self.resolver = resolver
        self.other = other
    }

    package func prepare(_ request: HTTPRequest, on loop: isolated EventLoop) -> any HTTPExchange {
        guard request.isPlain else { return other.prepare(request, on: loop) }
        return HTTP1Exchange(request, resolver: resolver, buffer: buffer)
    }
}

extension HTTPRequest {
    /// Whether it needs nothing but HTTP/1.1 over TCP.
    var isPlain: Bool {
        guard !url.isSecure, version == .auto || version == .http1, redirects == 0, !streamsAnswer, !decompresses,
            proxy == nil, unixSocket == nil
        else { return false }
        // Fields that change how the request is framed, or what may follow it, are better left to libcurl.
        let framing: Set = ["connection", "content-length", "expect", "te", "transfer-encoding", "upgrade"]
        return headers.allSatisfy { !framing.contains($0.name.lowercased()) }
    }
}
