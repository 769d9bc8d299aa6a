// SPDX-License-Identifier: Apache-2.0

import Glibc

/// One socket that libcurl has open.
struct CurlSocket: Hashable {
    /// What libcurl waits for.
    var interest = SocketInterest()
    /// Whether libcurl has ever waited to read: then the connection stands, and its end will be told.
    var hasConnected = false
    private let inode: UInt

    /// Describes an open socket.
    init(_ descriptor: CInt) {
        inode = Self.inode(of: descriptor) ?? 0
    }

    /// Whether `descriptor` is still this socket, neither closed nor given out again for something else.
    func isStill(_ descriptor: CInt) -> Bool {
        Self.inode(of: descriptor) == inode
    }

    private static func inode(of descriptor: CInt) -> UInt? {
        var status = stat()
        // unsafe: the struct is filled by the call.
        return unsafe fstat(descriptor, &status) == 0 ? UInt(status.st_ino) : nil
    }
}
