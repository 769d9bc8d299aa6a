// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTestSupport
import HealthModel
import LinuxRuntime

@testable import SocketTransport

/// A request to a port of 127.0.0.1 or of a name.
func plainRequest(
    _ port: UInt16,
    host: String = "127.0.0.1",
    path: String = "/",
    _ change: (inout HTTPRequest) -> Void = { _ in }
) throws -> HTTPRequest {
    var request = HTTPRequest(url: try HTTPURL("http://\(host):\(port)\(path)"))
    change(&request)
    return request
}

/// Prepares a request on sockets of our own.
func prepared(_ request: HTTPRequest, _ client: HTTPClient, on loop: isolated EventLoop) -> any HTTPExchange {
    SocketHTTPTransport(resolver: client.resolver, otherwise: client.transport).prepare(request, on: loop)
}

/// Fetches once over sockets of our own, on a loop of its own.
func fetchPlain(
    _ request: HTTPRequest,
    timeout: Duration = .seconds(10),
    names: [String: ResolutionAnswer] = [:],
    descriptorLimit: Int = 1_024
) async throws -> TimedResult {
    try await withLoop(descriptorLimit: descriptorLimit) { loop in
        let client = HTTPClient(names: names, on: loop)
        let exchange = prepared(request, client, on: loop)
        let result = await client.run(exchange, timeout: timeout, on: loop)
        exchange.close(on: loop)
        return result
    }
}

/// The answer that a name is at 127.0.0.1.
func loopbackAnswer(_ port: UInt16) -> ResolutionAnswer {
    .addresses([SocketAddress(bytes: [127, 0, 0, 1], port: port)])
}
