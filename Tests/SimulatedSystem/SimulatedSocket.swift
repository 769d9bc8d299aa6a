// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// One open stream socket of the simulated kernel.
struct SimulatedSocket {
    enum State {
        case fresh
        case connecting
        case connected
        case failed
    }

    /// Unique for the life of the kernel, unlike the descriptor number.
    let serial: UInt64
    let isIPv6: Bool
    var state = State.fresh
    var token: UInt64?
    /// Whether something has changed since `wait` reported the socket last.
    var hasNews = false
    var error: SystemError?
    var inbox: [UInt8] = []
    var peerHasClosed = false
    var resetsOnClose = false

    /// What epoll would report now, as Linux's `tcp_poll` computes it: nothing at all while connecting.
    var readiness: Readiness.Events {
        switch state {
        case .fresh: return [.writable, .hangUp]
        case .connecting: return []
        case .failed: return [.readable, .writable, .error, .hangUp, .peerClosed]
        case .connected:
            var events: Readiness.Events = [.writable]
            if !inbox.isEmpty || peerHasClosed { events.insert(.readable) }
            if peerHasClosed { events.insert(.peerClosed) }
            return events
        }
    }
}
