// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A UDP server on 127.0.0.1 that answers each datagram by a rule, on a thread of its own; `stop` it.
package final class PacketServer: Sendable {
    /// Gives the datagrams that answer one.
    package typealias Rule = @Sendable ([UInt8]) -> [[UInt8]]

    package let port: UInt16
    private let descriptor: CInt
    private let rule: Rule
    private let isStopped = Atomic<Bool>(false)

    /// Listens on `port`; 0 = the kernel chooses.
    package init(port wanted: UInt16 = 0, _ rule: @escaping Rule) {
        let descriptor = socket(AF_INET, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        precondition(descriptor >= 0, "no socket: errno \(errno)")
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = wanted.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                precondition(bind(descriptor, generic, length) == 0, "cannot bind: errno \(errno)")
                precondition(getsockname(descriptor, generic, &length) == 0, "no name: errno \(errno)")
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
        // Short waits, so that the thread sees that it is to end.
        var patience = timeval(tv_sec: 0, tv_usec: 20_000)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        self.descriptor = descriptor
        self.rule = rule
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<PacketServer>.fromOpaque(context).takeRetainedValue().serve()
                return nil
            },
            context
        )
        precondition(status == 0, "no thread: errno \(status)")
        pthread_detach(thread)
    }

    /// Ends the server soon.
    package func stop() {
        isStopped.store(true, ordering: .releasing)
    }

    private func serve() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !isStopped.load(ordering: .acquiring) {
            var sender = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            withUnsafeMutablePointer(to: &sender) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    let count = recvfrom(descriptor, &buffer, buffer.count, 0, generic, &length)
                    guard count >= 0 else { return }
                    for answer in rule(Array(buffer.prefix(count))) {
                        _ = sendto(descriptor, answer, answer.count, 0, generic, length)
                    }
                }
            }
        }
        close(descriptor)
    }
}
