// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// Where a record hangs, and how it is found again.
extension HandshakeRecord {
    /// Hangs the record on a context that serves one connection; the context keeps it alive.
    func attach(toContext context: OpaquePointer) {
        let value = unsafe Unmanaged.passRetained(self)
        // unsafe: the index's free function takes the count back when the context is freed.
        guard unsafe SSL_CTX_set_ex_data(context, Self.contextIndex, value.toOpaque()) != 1 else { return }
        // unsafe: nobody took the count.
        unsafe value.release()
    }

    /// Hangs the record on a connection; the connection keeps it alive.
    func attach(toSession session: OpaquePointer) {
        let value = unsafe Unmanaged.passRetained(self)
        // unsafe: the index's free function takes the count back when the SSL is freed.
        guard unsafe SSL_set_ex_data(session, Self.sessionIndex, value.toOpaque()) != 1 else { return }
        // unsafe: nobody took the count.
        unsafe value.release()
    }

    /// The record of a connection, its own or its context's; nil when there is none.
    package static func record(of session: OpaquePointer) -> HandshakeRecord? {
        var value = unsafe SSL_get_ex_data(session, sessionIndex)
        if unsafe value == nil {
            unsafe value = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), contextIndex)
        }
        // unsafe: only records are put at these indices, and they live as long as they are there.
        return unsafe value.map { unsafe Unmanaged<HandshakeRecord>.fromOpaque($0).takeUnretainedValue() }
    }

    private static let contextIndex = unsafe copenssl_context_index(release)
    private static let sessionIndex = unsafe copenssl_session_index(release)

    private static let release:
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutablePointer<CRYPTO_EX_DATA>?, CInt, Int,
            UnsafeMutableRawPointer?
        ) -> Void = { _, value, _, _, _, _ in
            guard let value = unsafe value else { return }
            // unsafe: the count taken by attach.
            unsafe Unmanaged<HandshakeRecord>.fromOpaque(value).release()
        }
}
