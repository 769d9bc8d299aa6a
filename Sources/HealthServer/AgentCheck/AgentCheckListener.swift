// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import NIOPosix

/// The agent-check port in service.
struct AgentCheckListener: Sendable {
    /// The address it really has: with the kernel's choice where port 0 was asked for.
    let address: HostPort
    /// The address that this machine did not have when it was bound; nil where it had.
    let awaited: SocketAddress?
    private let channel: any Channel

    /// Binds, listens and accepts.
    init(_ asked: HostPort, of core: NIOLoopBound<ServerCore>) async throws(ListenError) {
        let desk = await withCheckedContinuation { continuation in
            core.eventLoop.execute {
                continuation.resume(returning: NIOLoopBound(core.value.agentCheck(asked), eventLoop: core.eventLoop))
            }
        }
        let resolved: SocketAddress
        do {
            // On the server's thread, never on the caller's, which may be the probe loop.
            resolved = try await core.eventLoop.submit {
                try SocketAddress.makeAddressResolvingHost(asked.host, port: asked.port)
            }.get()
        } catch {
            throw ListenError(address: .tcp(asked), reason: "the host name cannot be resolved")
        }
        do {
            let bound = try await AwaitedAddress.bind(to: resolved) { Self.bootstrap(desk) }
            channel = bound.channel
            awaited = bound.isAwaited ? resolved : nil
        } catch {
            guard let error = error as? IOError else {
                throw ListenError(address: .tcp(asked), reason: String(describing: error))
            }
            let system = SystemError(errno: error.errnoCode)
            throw ListenError(address: .tcp(asked), reason: system.text, code: system.code)
        }
        let host = asked.isBracketed ? "[\(asked.host)]" : asked.host
        let real = channel.localAddress?.port.flatMap { try? HostPort("\(host):\($0)") }
        address = real ?? asked
    }

    /// Stops accepting; connections end by themselves, or with the event loop.
    func close() async {
        // It fails only when it is closed already.
        try? await channel.close().get()
    }

    private static func bootstrap(_ desk: NIOLoopBound<AgentCheckDesk>) -> ServerBootstrap {
        ServerBootstrap(group: desk.eventLoop)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 512))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AgentCheckHandler(desk.value))
                }
            }
    }
}
