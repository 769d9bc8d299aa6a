// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime
import Testing

/// Only names that the machine answers by itself: no test asks a server.
@Suite("SystemNameLookUp")
struct SystemNameLookUpTests {
    @Test("the hosts file is asked")
    func hostsFile() throws {
        let addresses = try SystemNameLookUp().addresses(of: "localhost")
        #expect(addresses.contains { $0.host == "127.0.0.1" || $0.host == "::1" })
        #expect(addresses.allSatisfy { $0.port == 0 })
    }

    @Test("an address with an interface keeps it")
    func scope() throws {
        let addresses = try SystemNameLookUp().addresses(of: "fe80::1%lo")
        #expect(addresses.map(\.host) == ["fe80::1"])
        #expect(addresses.map(\.scope) == [1])
    }

    @Test("a name that cannot exist is not found", arguments: ["a..b", String(repeating: "x", count: 64) + ".test"])
    func impossible(name: String) {
        let expected = ResolutionFailure(kind: .notFound, message: "name or service not known")
        #expect(throws: expected) { try SystemNameLookUp().addresses(of: name) }
    }
}
