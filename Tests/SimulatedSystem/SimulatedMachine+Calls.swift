// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

extension SimulatedMachine {
    /// Moves the clock; true when the caller waits for ever and nothing will happen.
    mutating func wait(timeout: Duration?, ready: inout [Readiness]) -> Bool {
        defer {
            if random.chance(disturbance.stall) {
                now = now.advanced(by: random.duration(in: .zero...disturbance.longestStall))
            }
        }
        happen()
        takeReady(into: &ready)
        if ready.isEmpty, !isWoken {
            guard let target = [timeout.map { now.advanced(by: $0) }, events.next].compactMap(\.self).min() else {
                return true
            }
            if random.chance(disturbance.earlyReturn) {
                now = now.advanced(by: random.duration(in: .zero...max(.zero, now.duration(to: target))))
                return false
            }
            now = max(now, target)
            happen()
            takeReady(into: &ready)
        }
        isWoken = false
        disturb(&ready)
        return false
    }

    mutating func openStream(isIPv6: Bool) throws(SystemError) -> CInt {
        try takeFault(.openStream)
        guard openCount < descriptorLimit else { throw .tooManyOpenFiles }
        opened += 1
        openCount += 1
        mostOpen = max(mostOpen, openCount)
        let socket = SimulatedSocket(serial: opened, isIPv6: isIPv6)
        // The lowest free number, as POSIX wants it: numbers are used again at once, and mistakes with them show.
        let index = sockets[lowestFree...].firstIndex { $0 == nil } ?? sockets.count
        if index == sockets.count { sockets.append(nil) }
        sockets[index] = socket
        lowestFree = index + 1
        return CInt(index) + Self.firstDescriptor
    }

    mutating func connect(_ descriptor: CInt, to address: SocketAddress) throws(SystemError) -> Bool {
        var socket = socket(descriptor, for: "connect")
        happen()
        switch socket.state {
        case .fresh: break
        case .connecting: throw .alreadyConnecting
        case .connected: throw .alreadyConnected
        case .failed: throw takeError(of: descriptor) ?? .connectionReset
        }
        precondition(socket.isIPv6 == address.isIPv6, "descriptor \(descriptor) has another family than \(address)")
        try takeFault(.connect)
        let peer = peers[address]?(now, &random) ?? defaultPeer
        switch peer.handshake {
        case .accepts(let delay): schedule(.connects(peer), for: descriptor, socket, after: delay)
        case .fails(let error, let delay): schedule(.fails(error), for: descriptor, socket, after: delay)
        case .cannotStart(let error): throw error
        case .drops: schedule(.fails(.connectionTimedOut), for: descriptor, socket, after: Self.kernelGivesUpAfter)
        }
        socket.state = .connecting
        socket.hasNews = false
        update(descriptor, socket)
        return false
    }

    mutating func watch(_ descriptor: CInt, token: UInt64) throws(SystemError) {
        var socket = socket(descriptor, for: "watch")
        precondition(socket.token == nil, "descriptor \(descriptor) is watched twice")
        try takeFault(.watch)
        socket.token = token
        socket.hasNews = true
        update(descriptor, socket)
    }

    mutating func unwatch(_ descriptor: CInt) {
        var socket = socket(descriptor, for: "unwatch")
        guard let token = socket.token else { return }
        oldTokens.append(token)
        if oldTokens.count > 64 { oldTokens.removeFirst() }
        socket.token = nil
        update(descriptor, socket)
    }

    mutating func pendingError(of descriptor: CInt) -> SystemError? {
        _ = socket(descriptor, for: "pendingError")
        return takeError(of: descriptor)
    }

    mutating func resetOnClose(_ descriptor: CInt) {
        var socket = socket(descriptor, for: "resetOnClose")
        socket.resetsOnClose = true
        update(descriptor, socket)
    }

    mutating func read(_ descriptor: CInt, limit: Int) -> ReadResult {
        precondition(limit > 0, "a read of at most \(limit) bytes")
        happen()
        var socket = socket(descriptor, for: "read")
        switch socket.state {
        case .fresh, .connecting: return .failed(.notConnected)
        case .failed: return takeError(of: descriptor).map(ReadResult.failed) ?? .end
        case .connected where socket.inbox.isEmpty: return socket.peerHasClosed ? .end : .wouldBlock
        case .connected:
            let bytes = Array(socket.inbox.prefix(limit))
            socket.inbox.removeFirst(bytes.count)
            update(descriptor, socket)
            return .bytes(bytes)
        }
    }

    mutating func close(_ descriptor: CInt) {
        let socket = socket(descriptor, for: "close")
        precondition(socket.token == nil, "descriptor \(descriptor) is closed while it is watched")
        let index = Int(descriptor - Self.firstDescriptor)
        if socket.state == .connected, socket.resetsOnClose { reset += 1 }
        sockets[index] = nil
        lowestFree = min(lowestFree, index)
        openCount -= 1
    }

    private mutating func takeError(of descriptor: CInt) -> SystemError? {
        var socket = socket(descriptor, for: "pendingError")
        guard let error = socket.error else { return nil }
        socket.error = nil
        sockets[Int(descriptor - Self.firstDescriptor)] = socket
        return error
    }

    private mutating func schedule(
        _ kind: Event.Kind,
        for descriptor: CInt,
        _ socket: SimulatedSocket,
        after delay: Duration
    ) {
        let event = Event(descriptor: descriptor, serial: socket.serial, kind: kind)
        events.add(event, at: now.advanced(by: delay))
    }
}
