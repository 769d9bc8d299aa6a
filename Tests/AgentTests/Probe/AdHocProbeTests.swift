// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Agent

@Suite("AdHocProbe")
struct AdHocProbeTests {
    private static func address(_ kind: String, _ text: String) -> AdHocProbe {
        AdHocProbe(kind, [.init("address", from: "--\(kind)", .text(text))])
    }

    @Test("every kind is what the same keys in a file are")
    func kinds() throws {
        let probes: [(AdHocProbe, Probe)] = [
            (
                AdHocProbe(
                    "http",
                    [
                        .init("url", from: "--http", .text("http://a/")),
                        .init("connection", from: "--http", .text("fresh")),
                    ]
                ),
                .http(HTTPProbe(url: try HTTPURL("http://a/"), connection: .fresh))
            ),
            (Self.address("tcp", "a:1"), .tcp(TCPProbe(address: try HostPort("a:1")))),
            (Self.address("tls", "a:443"), .tls(TLSProbe(address: try HostPort("a:443")))),
            (Self.address("icmp", "a"), .icmp(ICMPProbe(host: "a"))),
            (
                AdHocProbe(
                    "grpc",
                    [.init("address", from: "--grpc", .text("a:1")), .init("tls", from: "--tls", .truth)]
                ),
                .grpc(GRPCProbe(address: try HostPort("a:1"), tls: TLSSettings()))
            ),
            (
                AdHocProbe(
                    "script",
                    [.init("command", from: "--script", .texts(["/bin/sh", "-c", "\"\\\n\u{7F}ü: {}#'"]))]
                ),
                .script(ScriptProbe(command: ["/bin/sh", "-c", "\"\\\n\u{7F}ü: {}#'"]))
            ),
        ]
        for (adHoc, expected) in probes { #expect(try adHoc.spec().probe == expected, "\(adHoc.document)") }
    }

    @Test("what is wrong is told of the option that it stands in")
    func problems() {
        let dns = AdHocProbe(
            "dns",
            [
                .init("name", from: "--dns", .text("a b")), .init("type", from: "--type", .text("ANY")),
                .init("server", from: "--server", .text("[::1")),
            ]
        )
        #expect(
            lines(of: dns) == [
                #"--dns: "a b" is not a domain name: spaces, control characters and "\" are not allowed in a name"#,
                #"--type: "ANY" is not one of A, AAAA, CNAME, MX, NS, SRV, TXT, PTR, SOA, CAA"#,
                #"--server: "[::1" is not an address: "[" without "]""#,
            ]
        )
        #expect(lines(of: Self.address("tcp", "a")) == [#"--tcp: "a" is not an address: no port (use host:port)"#])
    }

    private func lines(of probe: AdHocProbe) -> [String]? {
        do {
            _ = try probe.spec()
            return nil
        } catch {
            return error.lines
        }
    }
}
