// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig
import Testing

@Suite("DNS probes in a file")
struct DNSProbeTests {
    @Test("every key of a DNS probe arrives where it belongs")
    func everyKey() throws {
        let source = try Fixture(folder: "valid", name: "dns-every-key").source
        let probes = try Configuration(main: nil, probeFiles: [source]).probes
        let www = try DNSName("www.example.org")
        let expected = [
            DNSProbe(name: www),
            DNSProbe(
                name: www,
                expect: DNSExpectation(answers: [.exactly("192.0.2.1"), .matches(#"^192\.0\.2\."#)])
            ),
            DNSProbe(
                name: try DNSName("example.org"),
                type: .mx,
                server: try HostPort("ns1.example.org:53"),
                transport: .tcp,
                recursion: false,
                expect: DNSExpectation(
                    minimumAnswers: 2,
                    authoritative: true,
                    answers: [.exactly("10 mx1.example.org."), .exactly("20 mx2.example.org")],
                    rule: .only
                )
            ),
            DNSProbe(
                name: try DNSName("_gone.example.org"),
                server: try HostPort("[fd00::53]:5353"),
                expect: DNSExpectation(code: .nameError, authoritative: false)
            ),
            DNSProbe(
                name: try DNSName("1.\(String(repeating: "0.", count: 23))8.b.d.0.1.0.0.2.ip6.arpa"),
                type: .ptr,
                expect: DNSExpectation(answers: [.matches("example")], rule: .any)
            ),
            DNSProbe(name: try DNSName("."), type: .txt, expect: DNSExpectation(answers: [.exactly("v=spf1 -all")])),
        ]
        #expect(probes.map(\.probe) == expected.map(Probe.dns))
    }

    @Test(
        "an address becomes the name that its PTR records have",
        arguments: [
            ("192.0.2.17", "17.2.0.192.in-addr.arpa"),
            ("::1", "1.\(String(repeating: "0.", count: 31))ip6.arpa"),
        ]
    )
    func reverse(address: String, name: String) throws {
        let bytes = try #require(IPAddressText.bytes(of: address))
        #expect(DNSName(reverse: bytes).description == name)
    }
}
