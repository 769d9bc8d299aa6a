// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Testing

@Suite("The order of cipher suites")
struct SuiteOrderTests {
    /// The suites of TLS 1.3 that a client names, in order, after `policy` was set and the cheapest was preferred.
    private static func suites(under policy: String) throws -> [String] {
        let context = try #require(SSL_CTX_new(TLS_client_method()))
        defer { SSL_CTX_free(context) }
        #expect(SSL_CTX_set_ciphersuites(context, policy) == 1)
        #expect(copenssl_prefer_cheapest_suite(context) == 1)
        let session = try #require(SSL_new(context))
        defer { SSL_free(session) }
        var names: [String] = []
        while let name = SSL_get_cipher_list(session, CInt(names.count)) { names.append(String(cString: name)) }
        return names.filter { $0.hasPrefix("TLS_") }
    }

    private static let (first, second, third) = (
        "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_256_GCM_SHA384"
    )

    @Test("the cheapest comes first, and the others keep their order")
    func cheapestFirst() throws {
        let names = try Self.suites(under: "\(Self.second):\(Self.third):\(Self.first)")
        #expect(names == [Self.first, Self.second, Self.third])
    }

    @Test("what the system's policy leaves out stays out")
    func policy() throws {
        #expect(try Self.suites(under: "\(Self.third):\(Self.second)") == [Self.third, Self.second])
        #expect(try Self.suites(under: Self.third) == [Self.third])
    }
}
