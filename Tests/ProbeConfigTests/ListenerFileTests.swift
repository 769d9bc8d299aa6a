// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig
import Testing

/// What `listen` says about who may ask, and on which sockets.
@Suite("Listeners in bellwether.yaml")
struct ListenerFileTests {
    @Test("every key of a listener arrives where it belongs")
    func everyKey() throws {
        let source = ConfigurationSource(
            path: "bellwether.yaml",
            bytes: try Fixture(folder: "valid-main", name: "listen-every-key").source.bytes,
            directory: "/etc/bellwether"
        )
        let configuration = try Configuration(main: source, probeFiles: [])
        let both = "/etc/bellwether/both.pem"
        #expect(
            configuration.agent.listeners == [
                ListenerSettings(
                    address: .tcp(try HostPort("0.0.0.0:9797")),
                    isAdmin: true,
                    tls: ListenerTLS(certificateFile: "/p.crt", keyFile: "/p.key", clientAuthorityFile: "/ca.crt"),
                    speaksHTTP2: false,
                    token: .file("/run/secrets/t")
                ),
                ListenerSettings(
                    address: .tcp(try HostPort("[::]:9798")),
                    tls: ListenerTLS(certificateFile: both, keyFile: both),
                    token: .credential("status")
                ),
                ListenerSettings(
                    address: .tcp(try HostPort("127.0.0.1:9799")),
                    isAdmin: true,
                    token: .environment("STATUS_TOKEN")
                ),
                ListenerSettings(address: .inherited(name: nil)),
                ListenerSettings(address: .inherited(name: "status"), detail: .on),
                ListenerSettings(address: .tcp(try HostPort("0.0.0.0:9800")), token: .file("/run/secrets/t")),
            ]
        )
        #expect(
            configuration.namedFiles.map { "\($0.keyPath) \($0.path)" } == [
                "listen[0].tls.certificate /p.crt", "listen[0].tls.key /p.key", "listen[0].tls.client_ca /ca.crt",
                "listen[1].tls.certificate \(both)", "listen[1].tls.key \(both)",
            ]
        )
        #expect(configuration.namedSecrets.map(\.keyPath) == [0, 1, 2, 5].map { "listen[\($0)].token" })
        #expect(
            configuration.warnings.map(\.message).first
                == "listen[5].token: crosses the network in clear text (add tls)"
        )
    }

    @Test("a token that stands in the file is refused without being repeated")
    func tokenInTheClear() throws {
        let text = "listen: [{address: '127.0.0.1:1', token: s3cr3t-in-the-clear}]"
        let source = ConfigurationSource(path: "bellwether.yaml", text: text)
        do {
            _ = try Configuration(main: source, probeFiles: [])
            Issue.record("it was accepted")
        } catch {
            #expect(!error.diagnostics.map(\.message).joined().contains("s3cr3t"))
        }
    }
}
