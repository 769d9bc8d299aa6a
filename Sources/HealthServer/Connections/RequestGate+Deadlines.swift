// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOCore

/// What takes too long.
extension RequestGate {
    /// Ends the connection when what it waits for took too long.
    func checkDeadlines() {
        guard let context, !isStuckWriting() else { return }
        let limits = listener.limits
        switch phase {
        case .ending:
            if hasPassed(limits.lingerTimeout) { closeNow() }
        case .answering:
            if hasPassed(answerTimeout ?? limits.writeTimeout) { closeNow() }
        case .receiving:
            guard hasPassed(limits.bodyTimeout) else { return }
            let limit = limits.bodyTimeout.readable
            refuse(context, RequestRefusal(.requestTimeout, "the request's body did not end within \(limit)"))
            context.flush()
        case .streaming, .replaced: break
        case .reading where buffer.readableBytes > 0:
            guard hasPassed(limits.headerTimeout) else { return }
            listener.connections.counters.headerTimeouts += 1
            let limit = limits.headerTimeout.readable
            refuse(context, RequestRefusal(.requestTimeout, "the request's fields did not end within \(limit)"))
            context.flush()
        case .reading where hasAnswered:
            guard hasPassed(limits.idleTimeout) else { return }
            listener.connections.counters.idleTimeouts += 1
            closeNow()
        case .reading:
            guard hasPassed(limits.headerTimeout) else { return }
            if isHandshaking {
                listener.connections.counters.handshakeTimeouts += 1
            } else {
                listener.connections.counters.headerTimeouts += 1
            }
            closeNow()
        }
    }

    /// How much has been written that the kernel has not taken.
    var pendingBytes: Int {
        (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func hasPassed(_ limit: Duration) -> Bool {
        listener.connections.now.hasPassed(limit, since: since)
    }

    /// Looks whether the client reads its answers; true while some wait, whether or not that has now ended.
    private func isStuckWriting() -> Bool {
        let limit = listener.limits.writeTimeout
        switch stall.look(pending: pendingBytes, now: listener.connections.now, limit: limit) {
        case .isEmpty: return false
        case .waits: return true
        case .isStuck:
            listener.connections.counters.writeTimeouts += 1
            closeNow()
            return true
        }
    }
}
