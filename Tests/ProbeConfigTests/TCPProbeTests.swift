// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig
import Testing

@Suite("TCP probes in a file")
struct TCPProbeTests {
    @Test("every key of a TCP probe arrives where it belongs")
    func everyKey() throws {
        let source = try Fixture(folder: "valid", name: "tcp-every-key").source
        let probes = try Configuration(main: nil, probeFiles: [source]).probes
        let expected = [
            TCPProbe(address: try HostPort("redis:6379")),
            TCPProbe(address: try HostPort("redis:6380"), security: .tls(TLSSettings())),
            TCPProbe(
                address: try HostPort("mail.example.org:587"),
                security: .startTLS(.smtp, TLSSettings(serverName: "smtp.example.org", minimumVersion: .tls13)),
                dialog: [.send(DialogText("EHLO bellwether\r\n")), .expect(DialogText("(?m)^250 "))]
            ),
            TCPProbe(address: try HostPort("mail:143"), security: .startTLS(.imap, TLSSettings())),
            TCPProbe(
                address: try HostPort("clock:1"),
                dialog: [
                    .expect(DialogText(#"^id (\d+) ${x}$"#)), .send(DialogText("again ${1}\n")),
                    .expect(DialogText("^again ${1}")),
                ]
            ),
        ]
        let names = ["plain", "secure", "mail", "imap", "clock"]
        for (name, probe) in zip(names, expected) {
            #expect(probes.first { $0.name.text == name }?.probe == .tcp(probe))
        }
        #expect(probes.count == expected.count)
    }

    @Test("only ${number} stands for a capture")
    func references() {
        #expect(DialogText("a${1}b${x}$").parts == [.literal("a"), .capture(1), .literal("b${x}$")])
        #expect(DialogText("${12}").asPattern == "(?:x)")
        #expect(DialogText("${}${1").parts == [.literal("${}${1")])
    }
}
