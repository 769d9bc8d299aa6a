// SPDX-License-Identifier: Apache-2.0

import CCurl
import Glibc
import HealthModel
import LinuxRuntime

/// libcurl's sockets on the loop: opened, watched, looked at, closed.
///
/// libcurl closes a socket that never got connected (it lost against another address, or its transfer ended) by `close`
/// itself, without the function meant for it. So after each call the sockets that it dropped while they were connecting are
/// compared with what they were: the loop must forget a closed one before its number comes back for another.
extension CurlShard: DescriptorHandler {
    /// Opens a socket for libcurl; the budget allowed it.
    ///
    /// - Throws: why the kernel gives none.
    func openSocket(
        family: CInt,
        type: CInt,
        protocol transport: CInt,
        on loop: isolated EventLoop
    ) throws(SystemError) -> CInt {
        // Close-on-exec from the start: scripts are started from this process.
        let flags = CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let socket = Glibc.socket(family, type | flags, transport)
        guard socket >= 0 else { throw .last }
        // The number may be that of one closed in this very call.
        forget(socket, on: loop)
        sockets[socket] = CurlSocket(socket)
        return socket
    }

    /// Closes a socket of libcurl's with a reset, so that no TIME_WAIT is left behind.
    func closeSocket(_ socket: CInt, on loop: isolated EventLoop) {
        forget(socket, on: loop)
        loop.kernel.resetOnClose(socket)
        loop.kernel.close(socket)
    }

    /// libcurl wants to hear about `events` of a socket; empty = about none any more.
    ///
    /// - Throws: why the kernel cannot watch it.
    func socketChanged(
        _ socket: CInt,
        _ events: Readiness.Events,
        on loop: isolated EventLoop
    ) throws(SystemError) {
        guard let step = sockets[socket]?.interest.want(events) else { return }
        if events.contains(.readable) { sockets[socket]?.hasConnected = true }
        if events.isEmpty, sockets[socket]?.hasConnected == false { doubtful.append(socket) }
        switch step {
        case .wait: break
        case .look: look(at: socket)
        case .watch: try loop.watch(socket, self)
        }
    }

    func ready(_ descriptor: CInt, _ events: Readiness.Events, on loop: isolated EventLoop) {
        guard let told = sockets[descriptor]?.interest.arrived(events), !told.isEmpty else { return }
        act(descriptor, Self.selection(told))
        if let socket = sockets[descriptor], !socket.interest.wanted.isDisjoint(with: told) { look(at: descriptor) }
        settle(on: loop)
    }

    /// Tells libcurl about sockets found ready in the turn before.
    func visitOverlooked() {
        let visited = overlooked
        overlooked.removeAll(keepingCapacity: true)
        for socket in visited {
            // One that was closed meanwhile is gone, or another that libcurl may be told about just as well.
            guard let wanted = sockets[socket]?.interest.wanted, !wanted.isEmpty else { continue }
            act(socket, Self.selection(wanted))
            if sockets[socket]?.interest.wanted.isEmpty == false { look(at: socket) }
        }
    }

    /// Forgets the sockets that libcurl closed without telling.
    func forgetClosed(on loop: isolated EventLoop) {
        guard !doubtful.isEmpty else { return }
        for descriptor in doubtful {
            guard let socket = sockets[descriptor], !socket.isStill(descriptor) else { continue }
            forget(descriptor, on: loop)
        }
        doubtful.removeAll(keepingCapacity: true)
    }

    private func forget(_ socket: CInt, on loop: isolated EventLoop) {
        guard sockets.removeValue(forKey: socket) != nil else { return }
        loop.unwatch(socket)
        loop.budget.give(back: 1)
    }

    /// Asks the kernel whether a socket is ready for what libcurl waits for, and notes it for the next turn.
    private func look(at socket: CInt) {
        guard let interest = sockets[socket]?.interest else { return }
        var request = pollfd(fd: socket, events: 0, revents: 0)
        if interest.wanted.contains(.readable) { request.events |= Int16(POLLIN) }
        if interest.wanted.contains(.writable) { request.events |= Int16(POLLOUT) }
        // unsafe: one entry, which is a local value.
        guard unsafe poll(&request, 1, 0) == 1 else {
            sockets[socket]?.interest.foundNothingToRead()
            return
        }
        if !overlooked.contains(socket) { overlooked.append(socket) }
    }

    private static func selection(_ events: Readiness.Events) -> CInt {
        var selection = 0
        if events.contains(.readable) { selection |= CCURL_SELECT_IN }
        if events.contains(.writable) { selection |= CCURL_SELECT_OUT }
        if !events.isDisjoint(with: [.error, .hangUp]) { selection |= CCURL_SELECT_ERROR }
        return CInt(selection)
    }
}
