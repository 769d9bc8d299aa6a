// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig
import Testing

@Suite("Addresses and ways in a file")
struct AddressFileTests {
    @Test("every key about the way of a request arrives where it belongs")
    func everyKey() throws {
        let source = try Fixture(folder: "valid", name: "http-way").source
        let configuration = try Configuration(main: nil, probeFiles: [source])
        let (four, six) = (IPAddress("10.0.0.2"), IPAddress("2001:db8::1"))
        var proxied = HTTPProbe(url: try HTTPURL("https://api.test/"), redirects: 3)
        proxied.redirectHosts = ["login.test", "192.0.2.9", "2001:db8::9"]
        proxied.decompresses = true
        proxied.proxy = try HostPort("proxy.internal:3128")
        proxied.address = AddressChoice(family: .ipv4, source: four)
        var socket = HTTPProbe(url: try HTTPURL("http://app.test/health"), redirects: 1)
        socket.unixSocket = "/run/app.sock"
        socket.redirectHosts = ["cdn.test"]
        var pinned = HTTPProbe(url: try HTTPURL("https://api.test/"))
        pinned.address = AddressChoice(resolve: IPAddress("2001:db8::7"), source: six)
        var every = HTTPProbe(url: try HTTPURL("https://api.test/"))
        every.address = AddressChoice(family: .ipv6, policy: .all)
        let database = TCPProbe(
            address: try HostPort("db.test:5432"),
            addresses: AddressChoice(family: .ipv4, policy: .any, source: four)
        )
        let orders = GRPCProbe(
            address: try HostPort("orders.test:50051"),
            metadata: [HTTPField(name: "x-list", value: "one"), HTTPField(name: "x-sum-bin", value: "AQID")],
            secretMetadata: [
                SecretField(name: "x-key", value: .environment("API_KEY")),
                SecretField(name: "x-list", value: .file("/run/secrets/two")),
            ],
            addresses: AddressChoice(resolve: IPAddress("10.0.0.7"))
        )
        let feed = WebSocketProbe(
            url: try WebSocketURL("wss://feed.test/ws"),
            headers: [HTTPField(name: "X-Probe", value: "bellwether")],
            secretHeaders: [SecretField(name: "Cookie", value: .credential("cookie"))],
            address: AddressChoice(policy: .all)
        )
        let expected: [Probe] = [
            .tcp(database), .http(every), .webSocket(feed), .grpc(orders), .http(pinned), .http(proxied), .http(socket),
        ]
        #expect(configuration.probes.map(\.probe) == expected)
        #expect(configuration.namedSecrets.map(\.secret.reference).count == 3)
    }

    @Test("what may not be connected to is read from bellwether.yaml; without it the built-in list holds")
    func rules() throws {
        let source = try Fixture(folder: "valid-main", name: "addresses").source
        let settings = try Configuration(main: source, probeFiles: []).agent
        let blocks = ["10.0.0.0/8", "192.0.2.1", "fd00::/8", "198.51.100.0/24"]
        #expect(settings.addresses.denied == (try blocks.map { try AddressBlock($0) }))
        #expect(try Configuration(main: nil, probeFiles: []).agent.addresses == .standard)
        let none = ConfigurationSource(path: "bellwether.yaml", text: "addresses: {deny: []}\n")
        #expect(try Configuration(main: none, probeFiles: []).agent.addresses == AddressRules.none)
    }
}
