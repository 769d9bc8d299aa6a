// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import HealthModel

extension SystemKernel {
    package func openStream(for address: SocketAddress) throws(SystemError) -> CInt {
        let descriptor = clinux_stream_socket(address.family)
        guard descriptor >= 0 else { throw .last }
        return descriptor
    }

    package func bind(_ descriptor: CInt, to source: SocketAddress) throws(SystemError) {
        // Ports are then shared between peers, as without a source. Where the kernel does not know it, nothing is lost.
        var isLate: CInt = 1
        // unsafe: the option is an int, and its size is given.
        _ = unsafe setsockopt(
            descriptor,
            CInt(IPPROTO_IP),
            IP_BIND_ADDRESS_NO_PORT,
            &isLate,
            socklen_t(MemoryLayout<CInt>.size)
        )
        // unsafe: the address outlives the call.
        let status = unsafe source.withNative { unsafe Glibc.bind(descriptor, $0, $1) }
        guard status == 0 else { throw .last }
    }

    package func delayAcknowledgement(_ descriptor: CInt) {
        _ = clinux_delay_acknowledgement(descriptor)
    }

    package func keepAlive(_ descriptor: CInt) {
        // After 15 s nine questions, 5 s apart; a kernel that cannot is no reason to end the connection.
        _ = clinux_keep_alive(descriptor, 15, 5)
    }

    package func connect(_ descriptor: CInt, to address: SocketAddress) throws(SystemError) -> Bool {
        // unsafe: the address outlives the call.
        let status = unsafe address.withNative { unsafe Glibc.connect(descriptor, $0, $1) }
        guard status != 0 else { return true }
        let code = clinux_errno()
        guard code == EINPROGRESS || code == EINTR else { throw SystemError(code: code) }
        return false
    }

    package func pendingError(of descriptor: CInt) -> SystemError? {
        let code = clinux_socket_error(descriptor)
        return code == 0 ? nil : SystemError(code: code)
    }

    package func hasRoute(like address: SocketAddress) -> Bool {
        RouteTable.leadsOut(isIPv6: address.isIPv6)
    }

    package func disconnect(_ descriptor: CInt) -> Bool {
        clinux_disconnect(descriptor) == 0
    }

    package func resetOnClose(_ descriptor: CInt) {
        _ = clinux_reset_on_close(descriptor)
    }

    package func read(_ descriptor: CInt, limit: Int) -> ReadResult {
        var code: CInt = 0
        // unsafe: at most `limit` bytes are written, and exactly the number read is kept.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            var status: Int
            repeat {
                status = unsafe Glibc.read(descriptor, buffer.baseAddress, limit)
            } while status < 0 && errno == EINTR
            if status < 0 { code = clinux_errno() }
            count = max(0, status)
        }
        guard code == 0 else { return code == EAGAIN ? .wouldBlock : .failed(SystemError(code: code)) }
        return bytes.isEmpty ? .end : .bytes(bytes)
    }

    package func read(_ descriptor: CInt, into buffer: inout [UInt8]) -> ReadCount {
        // A shorter way into the kernel than `read`.
        // unsafe: at most as many bytes are written as the buffer has.
        let count = unsafe buffer.withUnsafeMutableBytes { buffer in
            var status: Int
            repeat {
                status = unsafe Glibc.recv(descriptor, buffer.baseAddress, buffer.count, 0)
            } while status < 0 && errno == EINTR
            return status
        }
        guard count < 0 else { return count == 0 ? .end : .bytes(count) }
        let code = clinux_errno()
        return code == EAGAIN ? .wouldBlock : .failed(SystemError(code: code))
    }

    package func write(_ descriptor: CInt, _ bytes: ArraySlice<UInt8>) -> WriteResult {
        // As good as always it is a socket, and `send` a shorter way into the kernel than `write`.
        // That a reader is gone is an error, no SIGPIPE: a pipe's, who starts programs has ignored (`SystemProcessSpawner`).
        // unsafe: exactly the slice's bytes are read.
        let count = unsafe bytes.withUnsafeBytes { bytes in
            var status: Int
            repeat {
                status = unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
                if status < 0, errno == ENOTSOCK {
                    status = unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
                }
            } while status < 0 && errno == EINTR
            return status
        }
        guard count < 0 else { return .wrote(count) }
        let code = clinux_errno()
        return code == EAGAIN ? .wouldBlock : .failed(SystemError(code: code))
    }

    package func close(_ descriptor: CInt) {
        _ = Glibc.close(descriptor)
    }
}
