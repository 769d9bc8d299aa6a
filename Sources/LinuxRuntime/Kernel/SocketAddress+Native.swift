// SPDX-License-Identifier: Apache-2.0

package import Glibc

extension SocketAddress {
    /// The address family for `socket`.
    package var family: CInt { isIPv6 ? AF_INET6 : AF_INET }

    /// Calls `body` with the address as the C library wants it.
    package func withNative<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        if isIPv6 {
            var native = sockaddr_in6()
            native.sin6_family = sa_family_t(AF_INET6)
            native.sin6_port = port.bigEndian
            native.sin6_scope_id = scope
            // unsafe: 16 bytes are copied into a 16-byte field.
            unsafe withUnsafeMutableBytes(of: &native.sin6_addr) { unsafe $0.copyBytes(from: bytes) }
            return unsafe Self.pass(&native, to: body)
        }
        var native = sockaddr_in()
        native.sin_family = sa_family_t(AF_INET)
        native.sin_port = port.bigEndian
        // unsafe: 4 bytes are copied into a 4-byte field.
        unsafe withUnsafeMutableBytes(of: &native.sin_addr) { unsafe $0.copyBytes(from: bytes) }
        return unsafe Self.pass(&native, to: body)
    }

    /// Reads an address that the C library gave; nil when it is neither IPv4 nor IPv6.
    package init?(native: UnsafePointer<sockaddr>) {
        // unsafe: the family, which every sockaddr begins with, says which struct the storage really is.
        let storage = unsafe UnsafeRawPointer(native)
        switch CInt(unsafe native.pointee.sa_family) {
        case AF_INET:
            let address = unsafe storage.loadUnaligned(as: sockaddr_in.self)
            // unsafe: four bytes are copied out of a local value.
            let bytes = unsafe withUnsafeBytes(of: address.sin_addr) { unsafe Array($0) }
            self.init(bytes: bytes, port: UInt16(bigEndian: address.sin_port))
        case AF_INET6:
            let address = unsafe storage.loadUnaligned(as: sockaddr_in6.self)
            // unsafe: sixteen bytes are copied out of a local value.
            let bytes = unsafe withUnsafeBytes(of: address.sin6_addr) { unsafe Array($0) }
            self.init(bytes: bytes, port: UInt16(bigEndian: address.sin6_port), scope: address.sin6_scope_id)
        default:
            return nil
        }
    }

    private static func pass<Native, Result>(
        _ native: inout Native,
        to body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        let length = socklen_t(MemoryLayout<Native>.size)
        // unsafe: every sockaddr_* may be seen as a sockaddr; the value outlives the call.
        return unsafe withUnsafePointer(to: &native) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }
}
