// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import NIOEmbedded

@testable import HealthServer

/// One connection without a socket, on an event loop whose time the test moves.
final class EmbeddedConnection {
    let channel: EmbeddedChannel
    let core: ServerCore
    let gate: RequestGate

    init(
        clock: StillClock = StillClock(),
        snapshot: HealthSnapshot? = nil,
        settings: ListenerSettings = ListenerSettings(),
        limits: ServerLimits = ServerLimits(),
        usesPreparedBytes: Bool = true,
        askForFigures: (@Sendable () -> Void)? = nil
    ) throws {
        let loop = EmbeddedEventLoop()
        let configuration = HealthServerConfiguration(
            listeners: [settings],
            agentName: "edge-1",
            agentVersion: "1.0.0",
            limits: limits
        )
        let state = ServedState(
            configuration: configuration,
            heartbeat: Heartbeat(at: clock.now),
            clock: { clock.now },
            wallClock: { clock.wallTime }
        )
        if let snapshot { state.publish(snapshot) }
        core = ServerCore(
            state: state,
            connections: ConnectionRegistry(limits: limits, eventLoop: loop),
            events: EventHub(eventLoop: loop),
            askForFigures: askForFigures,
            limits: limits,
            makeRequestID: { "0123456789abcdef" }
        )
        let address = ClientAddress.ip("192.0.2.1", isLoopback: false)
        let listener = core.listener(settings, usesPreparedBytes: usesPreparedBytes)
        gate = RequestGate(listener: listener, address: address)
        precondition(core.connections.admit(gate, from: address), "the first connection is always admitted")
        channel = EmbeddedChannel(handler: gate, loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 40_000)).wait()
    }

    deinit {
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    /// Whether the server still holds the connection open.
    var isOpen: Bool { channel.isActive }

    var counters: ServerCounters { core.connections.counters }

    /// Lets `bytes` arrive in one piece and returns what is sent back at once.
    @discardableResult
    func receive(_ bytes: some Sequence<UInt8>) throws -> String {
        if channel.isActive {
            try channel.writeInbound(ByteBuffer(bytes: bytes))
        }
        return try sent()
    }

    @discardableResult
    func receive(_ text: String) throws -> String { try receive(text.utf8) }

    /// Lets time pass and returns what is sent meanwhile.
    func pass(_ time: TimeAmount) throws -> String {
        channel.embeddedEventLoop.advanceTime(by: time)
        return try sent()
    }

    private func sent() throws -> String {
        var all = ByteBuffer()
        while let part = try channel.readOutbound(as: IOData.self) {
            guard case .byteBuffer(var bytes) = part else { continue }
            all.writeBuffer(&bytes)
        }
        return String(buffer: all)
    }
}
