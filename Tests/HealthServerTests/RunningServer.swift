// SPDX-License-Identifier: Apache-2.0

import HealthModel

@testable import HealthServer

/// A server on real sockets with a clock that stands still, for the length of a closure.
struct RunningServer {
    let server: HealthServer
    let clock: StillClock
    let addresses: [ListenAddress]

    var address: ListenAddress { addresses[0] }

    /// A listener on a port of the kernel's choice.
    static func anyPort(_ degradedCode: Int = 200, detail: ListenerSettings.Detail = .auto) throws -> ListenerSettings {
        let address = try HostPort("127.0.0.1:0", allowsPortZero: true)
        return ListenerSettings(address: .tcp(address), degradedCode: degradedCode, detail: detail)
    }

    static func run<Result>(
        listeners: [ListenerSettings]? = nil,
        limits: ServerLimits = ServerLimits(),
        clock: StillClock = StillClock(),
        desk: (any AdminDesk)? = nil,
        _ body: (RunningServer) async throws -> Result
    ) async throws -> Result {
        let configuration = HealthServerConfiguration(
            listeners: try listeners ?? [anyPort()],
            agentName: "edge-1",
            agentVersion: "1.0.0",
            limits: limits
        )
        let server = HealthServer(
            configuration,
            clock: { clock.now },
            wallClock: { clock.wallTime },
            desk: desk,
            makeRequestID: { "0123456789abcdef" }
        )
        let addresses = try await server.start()
        do {
            let result = try await body(RunningServer(server: server, clock: clock, addresses: addresses))
            await server.stop(deadline: .seconds(1))
            return result
        } catch {
            await server.stop(deadline: .zero)
            throw error
        }
    }

    /// Publishes and returns once the server's event loop has taken the snapshot over.
    func publish(_ snapshot: HealthSnapshot) async {
        server.publish(snapshot)
        // Tasks of the event loop run in order, so this one runs after the hand-over.
        _ = await server.counters()
    }

    /// Begins to drain, likewise.
    func drain() async {
        server.drain()
        _ = await server.counters()
    }

    /// One request on a connection of its own.
    func ask(_ request: String, hasBody: Bool = true, listener: Int = 0) throws -> Response {
        let client = try RawClient(addresses[listener])
        client.send(request)
        return try client.receiveResponse(hasBody: hasBody)
    }

    /// One GET on a connection of its own.
    func get(_ target: String, fields: String = "", listener: Int = 0) throws -> Response {
        try ask("GET \(target) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n", listener: listener)
    }
}
