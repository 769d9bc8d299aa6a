// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import HealthServer

@Suite("Whom a connection counts for")
struct ClientAddressTests {
    @Test(
        "addresses that one host has count as one, and loopback is known in every spelling",
        arguments: [
            ("192.0.2.1", "192.0.2.1", true, false),
            ("192.0.2.1", "192.0.2.2", false, false),
            ("127.0.0.1", "::ffff:127.0.0.1", true, true),
            ("192.0.2.1", "::ffff:192.0.2.1", true, false),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true, false),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", false, false),
            ("::1", "::1", true, true),
            ("::1", "::2", false, true),
        ]
    )
    func counts(first: String, second: String, areEqual: Bool, firstIsLocal: Bool) throws {
        let one = ClientAddress(try SocketAddress(ipAddress: first, port: 1))
        let other = ClientAddress(try SocketAddress(ipAddress: second, port: 2))
        #expect((one == other) == areEqual)
        #expect(one.isLocal == firstIsLocal)
    }

    @Test("a client without an address came over a unix socket")
    func unix() {
        #expect(ClientAddress(nil) == .unix)
        #expect(ClientAddress(nil).isLocal)
    }
}
