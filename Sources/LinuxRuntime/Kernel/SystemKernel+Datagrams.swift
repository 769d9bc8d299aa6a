// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import HealthModel

extension SystemKernel {
    package func openDatagram(_ kind: DatagramKind, for address: SocketAddress) throws(SystemError) -> CInt {
        let descriptor = clinux_datagram_socket(address.family, kind == .echo ? 1 : 0)
        guard descriptor >= 0 else { throw .last }
        return descriptor
    }

    package func send(_ descriptor: CInt, _ bytes: ArraySlice<UInt8>) throws(SystemError) {
        // unsafe: exactly the slice's bytes are read.
        let status = unsafe bytes.withUnsafeBytes { bytes in
            var status: Int
            repeat {
                status = unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
            } while status < 0 && errno == EINTR
            return status
        }
        guard status >= 0 else { throw .last }
    }

    package func receive(_ descriptor: CInt, limit: Int) -> ReceiveResult {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var failure: SystemError?
        // unsafe: at most `limit` bytes are written, and exactly the number received is kept.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            var status: Int
            repeat {
                // unsafe: the kernel writes at most `length` bytes of address into storage that has as many.
                status = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { native in
                        unsafe recvfrom(descriptor, buffer.baseAddress, limit, 0, native, &length)
                    }
                }
            } while status < 0 && errno == EINTR
            if status < 0 { failure = .last }
            count = max(0, status)
        }
        if let failure { return failure.code == EAGAIN ? .wouldBlock : .failed(failure) }
        // unsafe: the storage is large enough for every family, and its family says what it holds.
        let sender = unsafe withUnsafePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe SocketAddress(native: $0) }
        }
        return .datagram(bytes, from: sender)
    }
}
