// SPDX-License-Identifier: Apache-2.0

import HealthModel
package import LinuxRuntime
package import TransportSecurity

/// Carries HTTP/1.1, and calls of gRPC over HTTP/2, with TLS or without, on our own sockets, and hands every other request to a
/// transport that can do more.
///
/// Most probes of many targets are such requests, and this costs them much less than libcurl does: a third for plain HTTP, for gRPC
/// and for HTTPS on a kept connection half or less, two thirds where a handshake comes first, which is OpenSSL's work by far.
package final class SocketHTTPTransport: HTTPTransport {
    private let resolver: any Resolver
    private let files: TLSFiles
    private let other: any HTTPTransport
    private let workspace = HTTP1Workspace()
    /// Shared by the TLS sessions of all exchanges; made for the first.
    private var pipe: TLSPipe?

    /// - Parameters:
    ///   - resolver: finds the addresses of names.
    ///   - files: the authorities and client certificates, which other transports may share.
    ///   - other: takes what this transport does not.
    package init(resolver: any Resolver, files: TLSFiles = TLSFiles(), otherwise other: any HTTPTransport) {
        self.resolver = resolver
        self.files = files
        self.other = other
    }

    package func prepare(_ request: HTTPRequest, on loop: isolated EventLoop) -> any HTTPExchange {
        guard !request.needsOnlyHTTP2 else {
            let profile = request.url.isSecure ? files.sharedProfile(for: request.tls) : nil
            return HTTP2Exchange(request, resolver: resolver, profile: profile)
        }
        guard request.needsOnlyHTTP1 else { return other.prepare(request, on: loop) }
        guard request.url.isSecure else { return HTTP1Exchange(request, resolver: resolver, workspace: workspace) }
        let pipe = pipe ?? TLSPipe(capacity: HTTP1Workspace.readCapacity)
        self.pipe = pipe
        let security = HTTP1Security(request, files.sharedProfile(for: request.tls), through: pipe, otherwise: other)
        return HTTP1Exchange(request, resolver: resolver, workspace: workspace, security: security)
    }
}

extension HTTPRequest {
    /// Whether it is one whose answer is streamed over HTTP/2: a call of gRPC.
    var needsOnlyHTTP2: Bool {
        streamsAnswer && version.requiresHTTP2 && redirects == 0 && !decompresses && proxy == nil && unixSocket == nil
    }

    /// Whether it needs nothing but HTTP/1.1 over TCP, as far as can be told before the server was asked.
    var needsOnlyHTTP1: Bool {
        guard version == .auto || version == .http1, redirects == 0, !streamsAnswer, !decompresses, proxy == nil,
            unixSocket == nil
        else { return false }
        // Fields that change how the request is framed, or what may follow it, are better left to libcurl.
        let framing: Set = ["connection", "content-length", "expect", "te", "transfer-encoding", "upgrade"]
        return headers.allSatisfy { !framing.contains($0.name.lowercased()) }
    }
}
