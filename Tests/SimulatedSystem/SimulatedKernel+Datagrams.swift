// SPDX-License-Identifier: Apache-2.0

import Glibc
package import HealthModel
package import LinuxRuntime
import Synchronization

extension SimulatedKernel {
    package func openDatagram(_ kind: DatagramKind, for address: SocketAddress) throws(SystemError) -> CInt {
        try open(.datagram(kind, nil)).number
    }

    package func send(_ descriptor: CInt, _ bytes: ArraySlice<UInt8>) throws(SystemError) {
        let handle = handle(of: descriptor, for: "send")
        guard case .datagram(_, let peer?) = kind(of: descriptor, for: "send") else {
            throw SystemError(code: EDESTADDRREQ)
        }
        if let error = pendingError(of: descriptor) { throw error }
        let (datagrams, now) = state.withLock { ($0.datagrams, $0.now) }
        let reply = datagrams.reply(from: peer, to: Array(bytes), at: now)
        record("\(descriptor) sends \(bytes.count) bytes to \(peer)")
        switch reply {
        case .drops: break
        case .fails(let code): throw SystemError(code: code)
        case .answers(let answers, let delay):
            after(delay) { [weak self] in self?.change(handle) { $0.datagrams += answers } }
        case .reports(let code, let delay):
            after(delay) { [weak self] in self?.change(handle) { $0.pendingError = SystemError(code: code) } }
        }
    }

    package func receive(_ descriptor: CInt, limit: Int) -> ReceiveResult {
        if let error = pendingError(of: descriptor) { return .failed(error) }
        return state.withLock { state in
            let found = state.descriptors[descriptor, "receive"]
            guard case .datagram(_, let peer) = found.kind else { return .failed(SystemError(code: ENOTSOCK)) }
            guard let first = found.datagrams.first else { return .wouldBlock }
            state.descriptors.update(descriptor) { $0.datagrams.removeFirst() }
            return .datagram(Array(first.prefix(limit)), from: peer)
        }
    }

    /// Connecting a datagram socket sends nothing; only a missing route makes it fail.
    func connectDatagram(
        _ kind: DatagramKind,
        _ handle: DescriptorHandle,
        to address: SocketAddress
    ) throws(SystemError) -> Bool {
        guard !state.withLock({ $0.isCutOff }) else { throw SystemError(code: ENETUNREACH) }
        change(handle) { $0.kind = .datagram(kind, address) }
        return true
    }
}
