// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig
import Testing

@Suite("tls probes in files")
struct TLSProbeFileTests {
    @Test("every key arrives where it belongs, and without expiry a certificate is warned of 14 days before its end")
    func everyKey() throws {
        let source = try Fixture(folder: "valid", name: "tls-every-key").source
        let probes = try Configuration(main: nil, probeFiles: [source]).probes
        let full = TLSSettings(
            authorityFile: "/etc/ssl/internal.pem",
            certificateFile: "/etc/bellwether/client.crt",
            keyFile: "/etc/bellwether/client.key",
            serverName: "mail.example",
            minimumVersion: .tls13,
            verify: false,
            expiry: CertificateExpiry(degraded: .seconds(30 * 86_400), unhealthy: .seconds(7 * 86_400))
        )
        let last = TLSSettings(expiry: CertificateExpiry(unhealthy: .seconds(20 * 86_400)))
        let short = TLSSettings(expiry: CertificateExpiry(degraded: .seconds(14 * 86_400)))
        let expected: [Probe] = [
            .tls(TLSProbe(address: try HostPort("mail.internal:587"), startTLS: .smtp, settings: full)),
            .tls(TLSProbe(address: try HostPort("[::1]:8443"), settings: last)),
            .tls(TLSProbe(address: try HostPort("shop.internal:443"), settings: short)),
        ]
        #expect(probes.map(\.probe) == expected)
    }

    @Test("it is the TCP probe that does TLS and says nothing")
    func wrapper() throws {
        let address = try HostPort("a:1")
        let settings = TLSSettings(serverName: "b")
        #expect(
            TLSProbe(address: address, settings: settings).tcp == TCPProbe(address: address, security: .tls(settings))
        )
        #expect(
            TLSProbe(address: address, startTLS: .imap, settings: settings).tcp
                == TCPProbe(address: address, security: .startTLS(.imap, settings))
        )
    }
}
