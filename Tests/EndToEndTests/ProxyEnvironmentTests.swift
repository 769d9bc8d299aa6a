// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import Testing

/// The real binary in an environment that speaks of proxies, and under the rules of bellwether.yaml.
@Suite("Ways of requests, end to end")
struct ProxyEnvironmentTests {
    private static let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]

    @Test("row 29: what the environment says about proxies means nothing; a proxy that is written is used")
    func environment() {
        let proxy = ByteServer(.readRequest, ByteServer.answer("from the proxy"))
        let server = ByteServer(.readRequest, ByteServer.answer("direct"))
        defer {
            proxy.stop()
            server.stop()
        }
        let folder = TemporaryFolder()
        let way = "http://127.0.0.1:\(proxy.port)"
        folder.write(
            """
            probes:
              direct: {http: {url: 'http://127.0.0.1:\(server.port)/', expect: {body: {contains: direct}}}}
              through: {http: {url: 'http://target.test/', proxy: '\(way)', expect: {body: {contains: proxy}}}}
            """,
            to: "probes.d/a.yaml"
        )
        var environment = Dictionary(uniqueKeysWithValues: Self.names.map { ($0, way) })
        environment["no_proxy"] = "*"
        for name in ["direct", "through"] {
            let arguments = [Agent.binary, "probe", "--probes", folder.path + "/probes.d", name]
            let process = ChildProcess(arguments, in: folder, environment: environment, name: name)
            #expect(process.waitForExit() == 0, "\(process.output)\(process.errors)")
            if name == "direct" { #expect(proxy.accepted == 0) }
        }
        #expect(proxy.requests.first?.hasPrefix("GET http://target.test/ HTTP/1.1\r\n") == true)
    }

    @Test("an address that bellwether.yaml denies is not connected to, and the message says why")
    func denied() {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let folder = TemporaryFolder()
        folder.write("addresses: {deny: [127.0.0.0/8]}\n", to: "bellwether.yaml")
        folder.write("probes: {a: {http: 'http://127.0.0.1:\(server.port)/'}}\n", to: "probes.d/a.yaml")
        let arguments = [Agent.binary, "probe", "--config", folder.path + "/bellwether.yaml", "a", "--format", "json"]
        let process = ChildProcess(arguments, in: folder, name: "denied")
        #expect(process.waitForExit() == 2)
        #expect(process.output.contains("\"reason\":\"unreachable\""))
        #expect(process.output.contains("127.0.0.1:\(server.port) is denied by addresses.deny"))
        #expect(server.accepted == 0)
    }

    @Test("every address of a name must pass, and the one that does not is named")
    func everyAddress() {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let folder = TemporaryFolder()
        folder.write(
            """
            probes:
              any: {http: {url: 'http://localhost:\(server.port)/', address: {policy: any}}}
              all: {tcp: {address: 'localhost:1', policy: all, family: ipv4}}
              four: {tcp: {address: 'localhost:\(server.port)', policy: all, family: ipv4}}
            """,
            to: "probes.d/a.yaml"
        )
        for (name, code) in [("any", CInt(0)), ("all", 2), ("four", 0)] {
            let arguments = [Agent.binary, "probe", "--probes", folder.path + "/probes.d", name]
            let process = ChildProcess(arguments, in: folder, name: name)
            #expect(process.waitForExit() == code, "\(name): \(process.output)\(process.errors)")
            if name == "all" { #expect(process.output.contains("does not pass: 127.0.0.1 (refused the connection)")) }
        }
    }
}
