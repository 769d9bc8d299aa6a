// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

/// A way that a request goes: who carries it, and whether it does over TLS.
struct Way: CustomTestStringConvertible, Sendable {
    let carrier: Carrier
    let isSecure: Bool

    var testDescription: String { "\(isSecure ? "https" : "http") over \(carrier.rawValue)" }

    static let all = Carrier.allCases.flatMap { [Way(carrier: $0, isSecure: false), Way(carrier: $0, isSecure: true)] }
    /// Those on sockets of our own.
    static let own = all.filter { $0.carrier == .sockets }

    /// A server that plays scripts to requests of this way.
    func server(_ scripts: [[ByteServer.Step]]) -> ByteServer {
        ByteServer(scripts, tls: isSecure ? ServerTLS() : nil)
    }

    /// A server that plays the same script on every connection.
    func server(_ steps: ByteServer.Step...) -> ByteServer { server([steps]) }

    /// A request to a port of 127.0.0.1 or of a name.
    func request(
        _ port: UInt16,
        host: String = "127.0.0.1",
        path: String = "/",
        _ change: (inout HTTPRequest) -> Void = { _ in }
    ) throws -> HTTPRequest {
        var request = HTTPRequest(url: try HTTPURL("\(isSecure ? "https" : "http")://\(host):\(port)\(path)"))
        if isSecure { request.tls.authorityFile = FreshCertificates.authority }
        change(&request)
        return request
    }

    /// Fetches once on a loop of its own.
    func fetch(
        _ request: HTTPRequest,
        timeout: Duration = .seconds(30),
        names: [String: ResolutionAnswer] = [:]
    ) async throws -> TimedResult {
        try await SocketTransportTests.fetch(request, over: carrier, timeout: timeout, names: names)
    }
}

/// Fetches once on a loop of its own.
func fetch(
    _ request: HTTPRequest,
    over carrier: Carrier,
    timeout: Duration = .seconds(30),
    names: [String: ResolutionAnswer] = [:]
) async throws -> TimedResult {
    try await withLoop { loop in
        let client = HTTPClient(names: names, over: carrier, on: loop)
        return await client.fetch(request, timeout: timeout, on: loop)
    }
}

/// A request over HTTP/1.1, which both carriers speak, to a port of 127.0.0.1 or of a name.
func request(
    _ port: UInt16,
    host: String = "127.0.0.1",
    scheme: String = "http",
    path: String = "/",
    _ change: (inout HTTPRequest) -> Void = { _ in }
) throws -> HTTPRequest {
    var request = HTTPRequest(url: try HTTPURL("\(scheme)://\(host):\(port)\(path)"), version: .http1)
    change(&request)
    return request
}

/// The authority that signed the certificates that nginx shows.
let authority = Nginx.certificates + "/authority.pem"
