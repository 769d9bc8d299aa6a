// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import NIOCore

/// A listening unix socket of our own making: of the wanted mode from its first moment, and a left-over file replaced only when
/// nobody answers on it.
///
/// Every `unsafe` below hands a path or an address to a call that reads it and keeps no pointer.
struct UnixListener {
    /// The listening socket; whoever takes it over closes it.
    let descriptor: CInt
    private let path: String
    private let file: FileIdentity

    /// Makes the socket and its file.
    init(path: String, mode: UInt32, backlog: Int32) throws(ListenError) {
        func failure(_ reason: String, code: Int32? = nil) -> ListenError {
            ListenError(address: .unix(path: path), reason: reason, code: code)
        }
        func failure(_ error: SystemError) -> ListenError { failure(error.text, code: error.code) }

        let address: SocketAddress
        do {
            address = try SocketAddress(unixDomainSocketPath: path)
        } catch {
            throw failure("the path is longer than 107 bytes")
        }
        if let existing = FileIdentity(path: path) {
            guard existing.isSocket else { throw failure("the path exists and is not a socket") }
            if let inTheWay = Self.stateOfExisting(address) { throw failure(inTheWay) }
            guard unsafe unlink(path) == 0 || errno == ENOENT else { throw failure(.last) }
        }
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure(.last) }
        var isDone = false
        defer { if !isDone { close(descriptor) } }
        // Linux gives the file the socket's mode, less the umask: so it is never wider than it should be, not even between
        // bind and chmod, and chmod then undoes a narrow umask.
        guard fchmod(descriptor, mode) == 0, unsafe Self.call(bind, descriptor, address) == 0 else {
            throw failure(.last)
        }
        guard unsafe chmod(path, mode) == 0, listen(descriptor, backlog) == 0, let file = FileIdentity(path: path)
        else {
            let error = SystemError.last
            unsafe unlink(path)
            throw failure(error)
        }
        isDone = true
        self.descriptor = descriptor
        self.path = path
        self.file = file
    }

    /// Removes the file, unless somebody has put another one in its place.
    func removeFile() {
        guard FileIdentity(path: path) == file else { return }
        unsafe unlink(path)
    }

    /// Why an existing socket file is not left over; nil when nobody listens on it.
    private static func stateOfExisting(_ address: SocketAddress) -> SystemError? {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = Glibc.socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { return .last }
        defer { close(descriptor) }
        guard unsafe call(connect, descriptor, address) != 0 else { return SystemError(errno: EADDRINUSE) }
        switch errno {
        case ECONNREFUSED, ENOENT: return nil
        // Its queue is full, so it has one.
        case EAGAIN: return SystemError(errno: EADDRINUSE)
        default: return .last
        }
    }

    private static func call(
        _ function: (CInt, UnsafePointer<sockaddr>?, socklen_t) -> CInt,
        _ descriptor: CInt,
        _ address: SocketAddress
    ) -> CInt {
        // The pointer is used within the call only.
        unsafe address.withSockAddr { unsafe function(descriptor, $0, socklen_t($1)) }
    }
}

/// What tells a file from another one of the same name.
private struct FileIdentity: Equatable {
    let device: UInt
    let inode: UInt
    let isSocket: Bool

    init?(path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        isSocket = status.st_mode & S_IFMT == S_IFSOCK
    }
}
