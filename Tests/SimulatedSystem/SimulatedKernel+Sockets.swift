// SPDX-License-Identifier: Apache-2.0

import Glibc
package import HealthModel
package import LinuxRuntime
import Synchronization

extension SimulatedKernel {
    /// How long Linux tries to connect to somebody who does not answer.
    private static let connectPatience = Duration.seconds(127)

    package func openStream(for address: SocketAddress) throws(SystemError) -> CInt {
        try open(.stream(.fresh)).number
    }

    package func bind(_ descriptor: CInt, to source: SocketAddress) throws(SystemError) {
        record("\(descriptor) sends from \(source.host)")
    }

    package func connect(_ descriptor: CInt, to address: SocketAddress) throws(SystemError) -> Bool {
        let handle = handle(of: descriptor, for: "connect")
        if case .datagram(let kind, _) = kind(of: descriptor, for: "connect") {
            return try connectDatagram(kind, handle, to: address)
        }
        guard kind(of: descriptor, for: "connect") == .stream(.fresh) else { return try connectAgain(descriptor) }
        let decision = decide(on: address)
        record("\(descriptor) connects to \(address): \(decision)")
        switch decision {
        case .accepts(.zero):
            settle(handle, address, with: nil)
            return try connectAgain(descriptor)
        case .refuses(.zero): throw SystemError(code: ECONNREFUSED)
        case .resets(.zero): throw SystemError(code: ECONNRESET)
        case .unreachable: throw SystemError(code: ENETUNREACH)
        case .fails(let code): throw SystemError(code: code)
        case .accepts(let delay): settle(handle, address, with: nil, after: delay)
        case .refuses(let delay): settle(handle, address, with: ECONNREFUSED, after: delay)
        case .resets(let delay): settle(handle, address, with: ECONNRESET, after: delay)
        case .drops: settle(handle, address, with: ETIMEDOUT, after: Self.connectPatience)
        }
        state.withLock { $0.descriptors.update(descriptor) { $0.kind = .stream(.connecting(address)) } }
        return false
    }

    package func pendingError(of descriptor: CInt) -> SystemError? {
        state.withLock { state in
            let error = state.descriptors[descriptor, "pendingError"].pendingError
            state.descriptors.update(descriptor) { $0.pendingError = nil }
            return error
        }
    }

    package func hasRoute(like address: SocketAddress) -> Bool {
        state.withLock { !$0.isCutOff }
    }

    package func resetOnClose(_ descriptor: CInt) {
        state.withLock { state in
            _ = state.descriptors[descriptor, "resetOnClose"]
            state.descriptors.update(descriptor) { $0.resetsOnClose = true }
        }
    }

    package func read(_ descriptor: CInt, limit: Int) -> ReadResult {
        precondition(limit > 0, "read of \(limit) bytes from descriptor \(descriptor)")
        return state.withLock { state in
            let found = state.descriptors[descriptor, "read"]
            if let error = found.pendingError {
                state.descriptors.update(descriptor) { $0.pendingError = nil }
                return .failed(error)
            }
            if case .exit = found.kind { return .failed(SystemError(code: EINVAL)) }
            if case .stream(.fresh) = found.kind { return .failed(SystemError(code: ENOTCONN)) }
            if case .stream(.failed) = found.kind { return .end }
            guard !found.bytes.isEmpty else { return found.hasEnded ? .end : .wouldBlock }
            state.descriptors.update(descriptor) { $0.bytes.removeFirst(min(limit, $0.bytes.count)) }
            return .bytes(Array(found.bytes.prefix(limit)))
        }
    }

    package func write(_ descriptor: CInt, _ bytes: ArraySlice<UInt8>) -> WriteResult {
        state.withLock { state in
            _ = state.descriptors[descriptor, "write"]
            return .wrote(bytes.count)
        }
    }

    package func watch(_ descriptor: CInt, token: UInt64) throws(SystemError) {
        try state.withLock { state throws(SystemError) in try state.descriptors.watch(descriptor, token: token) }
    }

    package func unwatch(_ descriptor: CInt) {
        state.withLock { $0.descriptors.unwatch(descriptor) }
    }

    package func close(_ descriptor: CInt) {
        let closed = state.withLock { state in
            let closed = state.descriptors.close(descriptor)
            if case .stream(.connected) = closed.kind, !closed.resetsOnClose { state.timeWaits += 1 }
            return closed
        }
        record("\(descriptor) closed (\(closed.text))")
    }

    /// What Linux says to `connect` on a socket that was connected before: whether the first attempt has been decided, once
    /// as if by this call, then as EISCONN.
    private func connectAgain(_ descriptor: CInt) throws(SystemError) -> Bool {
        let found = state.withLock { state in
            let found = state.descriptors[descriptor, "connect"]
            state.descriptors.update(descriptor) { changed in
                changed.pendingError = nil
                if case .stream(.connected) = changed.kind { changed.toldConnected = true }
            }
            return found
        }
        switch found.kind {
        case .stream(.connecting): throw SystemError(code: EALREADY)
        case .stream(.connected) where !found.toldConnected: return true
        case .stream(.connected): throw SystemError(code: EISCONN)
        case .stream(.failed): throw found.pendingError ?? SystemError(code: ECONNABORTED)
        case .stream(.fresh), .datagram, .connection, .pipe, .exit:
            preconditionFailure("connect of descriptor \(descriptor) (\(found.text))")
        }
    }

    /// Asks the network, without the lock: the rule is foreign code.
    private func decide(on address: SocketAddress) -> SimulatedConnection {
        var (network, now, random) = state.withLock { ($0.network, $0.now, $0.networkRandom) }
        let decision = network.connection(to: address, at: now, &random)
        state.withLock { $0.networkRandom = random }
        return decision
    }

    private func settle(_ handle: DescriptorHandle, _ address: SocketAddress, with code: Int32?, after delay: Duration)
    {
        after(delay) { [weak self] in self?.settle(handle, address, with: code) }
    }

    /// Ends a connection attempt, unless the socket was closed meanwhile.
    private func settle(_ handle: DescriptorHandle, _ address: SocketAddress, with code: Int32?) {
        let isOpen = change(handle) { descriptor in
            descriptor.kind = .stream(code == nil ? .connected(address) : .failed(address))
            descriptor.pendingError = code.map(SystemError.init(code:))
        }
        guard isOpen else { return }
        record("\(handle.number) \(code == nil ? "connected" : "failed") (\(address))")
    }
}
