// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import NIOCore
import NIOPosix
import NIOSSL

/// A listener in service.
struct BoundListener: Sendable {
    /// The address it really has: with the kernel's choice where port 0 was asked for.
    let address: ListenAddress
    /// The address that this machine did not have when it was bound; nil where it had.
    let awaited: SocketAddress?
    private let channel: any Channel
    /// The socket file to remove at the end.
    private let file: UnixListener?

    /// Connections the kernel keeps for us while accepting pauses.
    private static let backlog: Int32 = 512

    /// Binds, or takes over what is bound, listens and accepts.
    init(
        _ settings: ListenerSettings,
        of core: NIOLoopBound<ServerCore>,
        inherited: InheritedSockets,
        keys: KeyWatch?
    ) async throws(ListenError) {
        switch settings.address {
        case .inherited(let name):
            let socket = try inherited.take(name: name)
            var settings = settings
            settings.address = socket.address
            file = nil
            awaited = nil
            address = socket.address
            channel = try await Self.adopt(socket.descriptor, settings, core, keys)
        case .unix(let path):
            let listener = try UnixListener(path: path, mode: settings.socketMode, backlog: Self.backlog)
            file = listener
            awaited = nil
            address = settings.address
            do throws(ListenError) {
                channel = try await Self.adopt(listener.descriptor, settings, core, keys)
            } catch {
                listener.removeFile()
                throw error
            }
        case .tcp(let hostPort):
            file = nil
            let context = try await Self.context(settings, core, keys)
            let resolved = try await Self.resolve(hostPort, on: core.eventLoop)
            do {
                let bound = try await AwaitedAddress.bind(to: resolved) {
                    Self.bootstrap(context)
                        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                }
                channel = bound.channel
                awaited = bound.isAwaited ? resolved : nil
            } catch {
                throw Self.failure(settings.address, error)
            }
            address = Self.realAddress(hostPort, port: channel.localAddress?.port)
        }
    }

    /// Stops accepting; connections live on.
    func close() async {
        // It fails only when it is closed already.
        try? await channel.close().get()
        file?.removeFile()
    }

    /// What connections share, made on the event loop, with the listener's keys.
    private static func context(
        _ settings: ListenerSettings,
        _ core: NIOLoopBound<ServerCore>,
        _ watch: KeyWatch?
    ) async throws(ListenError) -> NIOLoopBound<ListenerContext> {
        let (context, keys) = await withCheckedContinuation { continuation in
            core.eventLoop.execute {
                let context = core.value.listener(settings)
                continuation.resume(
                    returning: (
                        NIOLoopBound(context, eventLoop: core.eventLoop),
                        NIOLoopBound(context.keys, eventLoop: core.eventLoop)
                    )
                )
            }
        }
        try await watch?.load(keys, settings)
        return context
    }

    /// Serves on a socket that is bound already; it is closed when that fails.
    private static func adopt(
        _ descriptor: CInt,
        _ settings: ListenerSettings,
        _ core: NIOLoopBound<ServerCore>,
        _ keys: KeyWatch?
    ) async throws(ListenError) -> any Channel {
        let context: NIOLoopBound<ListenerContext>
        do throws(ListenError) {
            context = try await Self.context(settings, core, keys)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        var bootstrap = Self.bootstrap(context)
        if case .tcp = settings.address {
            bootstrap = bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        }
        do {
            return try await bootstrap.withBoundSocket(descriptor).get()
        } catch {
            throw Self.failure(settings.address, error)
        }
    }

    /// Resolves a name on the server's thread, never on the caller's, which may be the probe loop.
    private static func resolve(
        _ hostPort: HostPort,
        on eventLoop: any EventLoop
    ) async throws(ListenError) -> SocketAddress {
        do {
            return try await eventLoop.submit {
                try SocketAddress.makeAddressResolvingHost(hostPort.host, port: hostPort.port)
            }.get()
        } catch {
            throw ListenError(address: .tcp(hostPort), reason: "the host name cannot be resolved")
        }
    }

    private static func bootstrap(_ listener: NIOLoopBound<ListenerContext>) -> ServerBootstrap {
        ServerBootstrap(group: listener.eventLoop)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let gate = AcceptGate(connections: listener.value.connections)
                    try channel.pipeline.syncOperations.addHandler(gate)
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4_096))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let address = ClientAddress(channel.remoteAddress)
                    let gate = RequestGate(listener: listener.value, address: address)
                    guard listener.value.connections.admit(gate, from: address) else {
                        throw ChannelError.ioOnClosedChannel
                    }
                    try secure(channel, before: gate, of: listener.value)
                    try channel.pipeline.syncOperations.addHandler(gate)
                }
            }
    }

    /// Puts TLS before the gate, where the listener has keys for it.
    private static func secure(
        _ channel: any Channel,
        before gate: RequestGate,
        of listener: ListenerContext
    ) throws {
        guard let context = listener.keys.tls else { return }
        let tls = NIOSSLServerHandler(context: context)
        try channel.pipeline.syncOperations.addHandler(tls)
        try channel.pipeline.syncOperations.addHandler(HandshakeGate(tls: tls, gate: gate, listener: listener))
    }

    private static func realAddress(_ asked: HostPort, port: Int?) -> ListenAddress {
        let host = asked.isBracketed ? "[\(asked.host)]" : asked.host
        let real = port.flatMap { try? HostPort("\(host):\($0)") }
        return .tcp(real ?? asked)
    }

    private static func failure(_ address: ListenAddress, _ error: any Error) -> ListenError {
        if let error = error as? IOError {
            let system = SystemError(errno: error.errnoCode)
            return ListenError(address: address, reason: system.text, code: system.code)
        }
        return ListenError(address: address, reason: String(describing: error))
    }
}
