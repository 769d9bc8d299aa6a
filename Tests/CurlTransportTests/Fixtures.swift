// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime

/// A request to a port of 127.0.0.1 or of a name.
func request(
    _ port: UInt16,
    host: String = "127.0.0.1",
    scheme: String = "http",
    path: String = "/",
    _ change: (inout HTTPRequest) -> Void = { _ in }
) throws -> HTTPRequest {
    var request = HTTPRequest(url: try HTTPURL("\(scheme)://\(host):\(port)\(path)"))
    change(&request)
    return request
}

/// Fetches once on a loop of its own.
func fetchOnce(
    _ request: HTTPRequest,
    timeout: Duration = .seconds(10),
    names: [String: ResolutionAnswer] = [:],
    descriptorLimit: Int = 1_024
) async throws -> TimedResult {
    try await withLoop(descriptorLimit: descriptorLimit) { loop in
        let client = HTTPClient(names: names, on: loop)
        return await client.fetch(request, timeout: timeout, on: loop)
    }
}

/// The answer that a name is at 127.0.0.1.
func loopback(_ port: UInt16) -> ResolutionAnswer {
    .addresses([SocketAddress(bytes: [127, 0, 0, 1], port: port)])
}
