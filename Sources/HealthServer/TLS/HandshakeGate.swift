// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import NIOSSL
import NIOTLS

/// Stands between TLS and the request gate until the handshake has ended, one way or the other.
///
/// Its time is the gate's: a connection that has not sent a request's first byte in time is closed, wherever it stands.
final class HandshakeGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let tls: NIOSSLServerHandler
    private let gate: RequestGate
    private let listener: ListenerContext

    init(tls: NIOSSLServerHandler, gate: RequestGate, listener: ListenerContext) {
        self.tls = tls
        self.gate = gate
        self.listener = listener
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        // What is shown was verified against the listener's authority, or the handshake would have failed.
        let isCertified = listener.settings.tls?.clientAuthorityFile != nil && tls.peerCertificate != nil
        gate.secured(isCertified: isCertified, speaksHTTP2: negotiated == "h2")
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .handshakeFailed? = error as? NIOSSLError { listener.connections.counters.handshakeFailures += 1 }
        context.fireErrorCaught(error)
    }
}
