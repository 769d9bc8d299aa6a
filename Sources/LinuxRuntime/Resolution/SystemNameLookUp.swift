// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Looks names up as the machine is set up to: `getaddrinfo` with nsswitch.conf, the hosts file and resolv.conf.
///
/// The order of the answer is that of RFC 6724; of more than 32 addresses the first are taken.
package struct SystemNameLookUp: NameLookUp {
    /// How many addresses of a name are used.
    package static let maximumAddresses = 32

    package init() {}

    package func addresses(of name: String) throws(ResolutionFailure) -> [SocketAddress] {
        var found = [clinux_address](repeating: clinux_address(), count: Self.maximumAddresses)
        var text = [CChar](repeating: 0, count: 128)
        var count = 0
        // unsafe: at most as many addresses and bytes are written as the arrays hold.
        let status = unsafe clinux_resolve(name, &found, found.count, &count, &text, text.count)
        switch status {
        case CInt(CLINUX_RESOLVED.rawValue): return found.prefix(count).map(Self.address)
        case CInt(CLINUX_NOT_FOUND.rawValue): throw Self.failure(.notFound, text)
        case CInt(CLINUX_TEMPORARY.rawValue): throw Self.failure(.temporary, text)
        default: throw Self.failure(.ours, text)
        }
    }

    private static func address(_ native: clinux_address) -> SocketAddress {
        // unsafe: sixteen bytes are copied out of a local value.
        let bytes = unsafe withUnsafeBytes(of: native.bytes) { unsafe Array($0) }
        return SocketAddress(bytes: Array(bytes.prefix(Int(native.length))), port: 0, scope: native.scope)
    }

    private static func failure(_ kind: ResolutionFailure.Kind, _ text: [CChar]) -> ResolutionFailure {
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let message = String(decoding: bytes, as: UTF8.self)
        return ResolutionFailure(kind: kind, message: message.prefix(1).lowercased() + message.dropFirst())
    }
}
