// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore
import NIOPosix

/// Who is at the other end, for logs and for what an order says about itself.
enum PeerName {
    /// `uid 1000` over a unix socket, which the kernel vouches for (SO_PEERCRED, unix(7)); the address otherwise.
    static func of(_ channel: any Channel) -> String {
        if let address = channel.remoteAddress?.ipAddress { return address }
        guard let provider = channel as? any SocketOptionProvider else { return "unknown" }
        // The kernel fills the three numbers of struct ucred, whose layout this is.
        let credentials: EventLoopFuture<PeerCredentials> = provider.unsafeGetSocketOption(
            level: SocketOptionLevel(SOL_SOCKET),
            name: SocketOptionName(SO_PEERCRED)
        )
        // Asked on the channel's own event loop, it is answered within the call.
        var user: UInt32?
        credentials.assumeIsolated().whenSuccess { user = $0.user }
        return user.map { "uid \($0)" } ?? "unknown"
    }

    private struct PeerCredentials: Sendable {
        var process: Int32 = 0
        var user: UInt32 = 0
        var group: UInt32 = 0
    }
}
