// SPDX-License-Identifier: Apache-2.0

import CCurl
import Glibc
import HealthModel
import LinuxRuntime

/// What libcurl asks of an exchange, inside its calls: sockets, bytes, trust.
extension CurlExchange {
    /// Opens a socket for the transfer under way, if the budget allows one more.
    func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>) -> CInt {
        guard !isClosing, run != nil else { return CInt(CCURL_NO_SOCKET) }
        let family = unsafe address.pointee.family
        let type = unsafe address.pointee.socktype
        let transportProtocol = unsafe address.pointee.protocol
        // unsafe: libcurl's struct ends in the address itself, as long as its length says.
        let tried = unsafe withUnsafePointer(to: &address.pointee.addr) { unsafe SocketAddress(native: $0) }
        run?.tried = tried
        run?.socketsOpened += 1
        guard takeDescriptor() else {
            run?.ownProblem = "the descriptor budget is spent"
            return CInt(CCURL_NO_SOCKET)
        }
        // Close-on-exec from the start: scripts are started from this process.
        let flags = CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let socket = Glibc.socket(family, type | flags, transportProtocol)
        guard socket >= 0 else {
            run?.ownProblem = "no socket: \(SystemError.last.text)"
            giveDescriptorBack()
            return CInt(CCURL_NO_SOCKET)
        }
        return socket
    }

    /// Takes one header line; false ends the transfer.
    func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        unsafe answer.takeHeader(line)
    }

    /// Takes a piece of the body; false ends the transfer.
    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        unsafe answer.takeBody(bytes)
    }

    /// Puts the trusted authorities into a new connection's TLS context; false ends the transfer.
    func prepareTLS(_ context: OpaquePointer) -> Bool {
        guard let authorities = pool.authorities else { return true }
        guard unsafe !authorities.install(in: context) else { return true }
        run?.ownProblem = authorities.problem ?? "no trusted authorities"
        return false
    }

    private func takeDescriptor() -> Bool {
        loop.assumeIsolated { $0.budget.take(1) }
    }

    private func giveDescriptorBack() {
        loop.assumeIsolated { $0.budget.give(back: 1) }
    }
}
