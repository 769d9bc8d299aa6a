// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("AddressRules")
struct AddressRulesTests {
    @Test(
        "a block holds the addresses that begin with its bits, and no others",
        arguments: [
            (
                "10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"],
                ["11.0.0.0", "9.255.255.255", "::10.0.0.1"]
            ),
            ("192.0.2.128/25", ["192.0.2.128", "192.0.2.255"], ["192.0.2.127", "192.0.3.128"]),
            ("192.0.2.7", ["192.0.2.7", "::ffff:c000:207"], ["192.0.2.6"]),
            ("0.0.0.0/0", ["1.2.3.4", "255.255.255.255"], ["::1", "2001:db8::1"]),
            ("fd00::/8", ["fd00::1", "fdff:ffff::"], ["fe80::1", "10.0.0.1"]),
            ("2001:db8::/33", ["2001:db8:7fff::1"], ["2001:db8:8000::"]),
            ("::ffff:198.51.100.0/120", ["198.51.100.9", "::ffff:198.51.100.9"], ["198.51.101.9"]),
            ("127.0.0.0/8", ["127.0.0.1", "0.0.0.0"], ["0.0.0.1"]),
            ("::1", ["::1", "::"], ["::2", "127.0.0.1"]),
        ]
    )
    func blocks(block: String, inside: [String], outside: [String]) throws {
        let rules = AddressRules(denied: [try AddressBlock(block)])
        for text in inside { #expect(rules.denies(try #require(IPAddress(text)).bytes), "\(text)") }
        for text in outside { #expect(!rules.denies(try #require(IPAddress(text)).bytes), "\(text)") }
    }

    @Test("the built-in rules deny what hands out a cloud machine's credentials, in every way to write it")
    func standard() throws {
        for text in ["169.254.169.254", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "fd00:ec2::254"] {
            #expect(AddressRules.standard.denies(try #require(IPAddress(text)).bytes), "\(text)")
        }
        #expect(!AddressRules.standard.denies([169, 254, 169, 253]))
        #expect(!AddressRules.none.denies([169, 254, 169, 254]))
    }

    @Test(
        "what is no block is refused",
        arguments: [
            "", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/33", "10.0.0.1/8", "fe80::1%1", "[::1]", "name", "::/129",
        ]
    )
    func refused(text: String) {
        #expect(throws: AddressBlock.Problem.self) { try AddressBlock(text) }
    }
}
