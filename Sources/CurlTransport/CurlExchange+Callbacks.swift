// SPDX-License-Identifier: Apache-2.0

import CCurl
import Glibc
import HealthModel
import LinuxRuntime
import TransportSecurity

/// What libcurl asks of an exchange, inside its calls: sockets, bytes, trust.
extension CurlExchange {
    /// Opens a socket for the transfer under way, if the budget allows one more.
    func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>, on loop: isolated EventLoop) -> CInt {
        guard !isClosing, run != nil, let shard else { return CInt(CCURL_NO_SOCKET) }
        run?.socketsOpened += 1
        // unsafe: libcurl's struct ends in the address itself, as long as its length says.
        let peer = unsafe withUnsafePointer(to: &address.pointee.addr) { unsafe SocketAddress(native: $0) }
        // The last look before a connection: whatever named the address, it is this one that is contacted.
        if let peer, loop.addressRules.denies(peer.bytes) {
            run?.denied = peer
            if run?.tried == nil { run?.tried = peer }
            return CInt(CCURL_NO_SOCKET)
        }
        run?.tried = peer
        if let peer { trace?.note(.connect, "connecting to \(peer)", at: loop.kernel.now) }
        guard loop.budget.take(1) else {
            ranShort("the descriptor budget is spent", .descriptors)
            return CInt(CCURL_NO_SOCKET)
        }
        do {
            let socket = try unsafe shard.openSocket(
                family: address.pointee.family,
                type: address.pointee.socktype,
                protocol: address.pointee.protocol,
                on: loop
            )
            run?.socket = socket
            guard let source = request.source, peer != nil else { return socket }
            do throws(SystemError) {
                try loop.kernel.bind(socket, to: SocketAddress(bytes: source.bytes, port: 0))
                return socket
            } catch {
                shard.closeSocket(socket, on: loop)
                run?.socket = nil
                ranShort("cannot send from \(source): \(error.text)")
                return CInt(CCURL_NO_SOCKET)
            }
        } catch {
            loop.budget.give(back: 1)
            ranShort("no socket: \(error.text)", error.problem)
            return CInt(CCURL_NO_SOCKET)
        }
    }

    /// Notes what our own side lacks: if the transfer ends badly for it, that is not the target's fault.
    func ranShort(_ text: String, _ problem: InternalProblem? = nil) {
        run?.ownProblem = text
        run?.problem = problem
    }

    /// Takes one header line; false ends the transfer.
    func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        if !answer.hasStarted { run?.answerStartedAt = loop.kernel.now }
        return unsafe answer.takeHeader(line)
    }

    /// Takes a piece of the body; false ends the transfer.
    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        unsafe answer.takeBody(bytes)
    }

    /// Sets up a new connection's TLS context; false ends the transfer.
    func prepareTLS(_ context: OpaquePointer) -> Bool {
        run?.handshakeStartedAt = loop.kernel.now
        trace?.note(.tls, "handshake begins", at: loop.kernel.now)
        guard let tls = pool.tls, let run else { return false }
        let isTarget = run.relation != .elsewhere
        let serverName = isTarget ? request.tls.serverName : nil
        let record = HandshakeRecord(
            serverName: TLSProfile.checkedName(serverName ?? run.url.address.host),
            isEnforced: request.tls.verify
        )
        do {
            unsafe try tls.prepare(context, for: record, toTarget: isTarget)
        } catch {
            ranShort(error.text)
            return false
        }
        self.run?.handshake = record
        return true
    }

    /// The request is about to go out on a connection, new or kept; false ends the transfer.
    func beforeRequest() -> Bool {
        guard !isClosing else { return false }
        guard run?.url.isSecure == true, let handle, let session = unsafe ccurl_get_tls(handle.easy) else {
            return true
        }
        // A kept connection may have been opened by another exchange; what was seen of it hangs on it.
        run?.handshake = unsafe HandshakeRecord.record(of: OpaquePointer(session))
        if let agreement = run?.handshake?.facts?.agreement { trace?.note(.tls, agreement, at: loop.kernel.now) }
        return true
    }

    /// Takes down what libcurl sends and receives, without TLS.
    ///
    /// libcurl's own remarks are left out: they repeat request fields in forms that no rule about secrets would find.
    func takeDown(_ kind: curl_infotype, _ bytes: UnsafeRawBufferPointer) {
        guard !isClosing else { return }
        switch kind {
        case CURLINFO_HEADER_OUT, CURLINFO_DATA_OUT: unsafe trace?.sent(Array(bytes), at: loop.kernel.now)
        case CURLINFO_HEADER_IN, CURLINFO_DATA_IN: unsafe trace?.received(Array(bytes), at: loop.kernel.now)
        default: break
        }
    }
}
