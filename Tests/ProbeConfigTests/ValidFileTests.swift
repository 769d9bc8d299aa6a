// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig
import Testing

/// Each file of `Fixtures/valid` and `Fixtures/valid-main` means exactly what its test says.
@Suite("Valid files")
struct ValidFileTests {
    @Test("every valid file is taken, and whatever it says has an effect", arguments: Fixture.all(in: "valid"))
    func taken(fixture: Fixture) throws {
        let configuration = try Configuration(main: nil, probeFiles: [fixture.source])
        #expect(configuration.warnings.filter { [.neverHolds, .noEffect, .selfProbe].contains($0.detail.code) } == [])
        #expect(configuration.agent == AgentSettings())
    }

    @Test("every key of a script arrives where it belongs")
    func scriptEveryKey() throws {
        let probes = try Self.probes("script-every-key")
        let backup = ScriptProbe(
            command: ["/usr/lib/nagios/plugins/check_backup"],
            environment: ["LC_ALL": "C"],
            user: "nobody",
            directory: "/var/backups",
            limits: ScriptLimits(memoryBytes: 256 << 20, cpuSeconds: 10, fileBytes: 1 << 20),
            maximumOutputBytes: 4_096,
            exitProtocol: .exit
        )
        let numbered = ScriptProbe(command: ["/bin/true"], user: "107", limits: ScriptLimits(fileBytes: 0))
        let quick = ScriptProbe(command: ["/usr/local/lib/checks/queue"], mode: .worker)
        #expect(probes.map(\.probe) == [.script(backup), .script(numbered), .script(quick)])
    }

    @Test("every probe key arrives where it belongs")
    func everyKey() throws {
        let probes = try Self.probes("every-key")
        let checkout = ProbeSpec(
            name: try Self.name("checkout-deep"),
            probe: .http(
                HTTPProbe(
                    url: try HTTPURL("https://checkout.internal:8443/deep?full=1"),
                    method: "POST",
                    headers: [
                        HTTPField(name: "X-Probe", value: "bellwether"),
                        HTTPField(name: "Accept", value: "application/json"),
                    ],
                    body: "{\"ping\":true}",
                    expect: HTTPExpectation(
                        statuses: [200...299, 304...304],
                        bodyContains: ["ok"],
                        bodyMatches: [#"v\d+"#, "^{"],
                        bodyNotMatches: ["error"]
                    ),
                    slow: .milliseconds(500),
                    redirects: 2,
                    connection: .fresh,
                    maximumBodyBytes: 1_048_576,
                    tls: TLSSettings(authorityFile: "/ca.crt", serverName: "checkout.example", verify: false)
                )
            ),
            interval: .seconds(5),
            timeout: .milliseconds(1_500),
            jitter: 0.2,
            initialDelay: .seconds(3),
            impact: .degrading,
            breaker: BreakerPolicy(
                failureThreshold: 4,
                failureRate: 0.5,
                minimumCalls: 8,
                window: .count(20),
                slidingFailures: .init(failures: 3, outcomes: 5),
                slowCall: .init(over: .seconds(1), rate: 0.8),
                successThreshold: 1,
                halfOpenMaximumCalls: 2,
                halfOpenInterval: .seconds(2),
                openDuration: .seconds(10),
                backoff: .init(multiplier: 1.5, maximum: .seconds(300), jitter: 0.25),
                whileOpen: .observe
            ),
            description: "the path that takes money",
            tags: ["team": "payments", "tier": "core"]
        )
        let disk = ProbeSpec(
            name: try Self.name("disk"),
            probe: .script(
                ScriptProbe(
                    command: ["/usr/lib/nagios/plugins/check_disk", "-w", "20%"],
                    environment: ["LC_ALL": "C", "EMPTY": ""],
                    maximumOutputBytes: 4_096,
                    exitProtocol: .exit
                )
            ),
            interval: .seconds(20),
            tags: ["team": "payments", "tier": "web"]
        )
        let redis = ProbeSpec(
            name: try Self.name("redis"),
            probe: .tcp(TCPProbe(address: try HostPort("10.0.0.5:6379"))),
            interval: .seconds(20),
            tags: ["team": "payments", "tier": "web"]
        )
        #expect(probes == [checkout, disk, redis])
    }

    @Test("a short form means a probe with nothing but built-in values")
    func shortForms() throws {
        #expect(
            try Self.probes("short-forms") == [
                ProbeSpec(
                    name: Self.name("db"),
                    probe: .tcp(TCPProbe(address: HostPort("db.internal:5432")))
                ),
                ProbeSpec(name: Self.name("disk"), probe: .script(ScriptProbe(command: ["/bin/true"]))),
                ProbeSpec(name: Self.name("v6"), probe: .tcp(TCPProbe(address: HostPort("[::1]:80")))),
                ProbeSpec(
                    name: Self.name("web"),
                    probe: .http(HTTPProbe(url: HTTPURL("http://127.0.0.1:8080")))
                ),
            ]
        )
    }

    @Test("every key of a WebSocket arrives where it belongs")
    func webSocket() throws {
        let feed = WebSocketProbe(
            url: try WebSocketURL("WSS://feed.internal/ws?x=1"),
            subprotocol: "chat.v2",
            headers: [
                HTTPField(name: "Origin", value: "https://shop.internal"),
                HTTPField(name: "Authorization", value: "Bearer x"),
            ],
            dialog: [
                .send(""), .send("{\"op\":\"ping\"}"), .expect("\"op\":\"pong\""), .sendBinary([0x01, 0xFF]),
                .expectBinary([0x00, 0xFF]), .expectBinary([]),
            ],
            ping: true,
            maximumMessageBytes: 1_048_576,
            tls: TLSSettings(authorityFile: "/ca.crt", verify: false)
        )
        #expect(
            try Self.probes("websocket").map(\.probe) == [
                .webSocket(feed),
                .webSocket(WebSocketProbe(url: try WebSocketURL("ws://[::1]/"))),
                .webSocket(WebSocketProbe(url: try WebSocketURL("ws://127.0.0.1:8080/feed"))),
            ]
        )
    }

    @Test("every key of tls arrives where it belongs")
    func tls() throws {
        let probes = try Self.probes("tls")
        let settings = probes.map { spec -> TLSSettings? in
            guard case .http(let http) = spec.probe else { return nil }
            return http.tls
        }
        #expect(probes.map(\.name.text) == ["full", "nothing", "number", "one-limit"])
        #expect(
            settings == [
                TLSSettings(
                    authorityFile: "/etc/ssl/internal.pem",
                    certificateFile: "/etc/bellwether/client.crt",
                    keyFile: "/etc/bellwether/client.key",
                    serverName: "checkout.example",
                    minimumVersion: .tls13,
                    verify: false,
                    expiry: CertificateExpiry(degraded: .seconds(14 * 86_400), unhealthy: .seconds(3 * 86_400)),
                    resumption: .seconds(600)
                ),
                TLSSettings(),
                TLSSettings(minimumVersion: .tls10),
                TLSSettings(verify: false, expiry: CertificateExpiry(unhealthy: .seconds(36 * 3_600))),
            ]
        )
    }

    @Test("the files that probes name are told with their places")
    func namedFiles() throws {
        let configuration = try Configuration(main: nil, probeFiles: [Fixture(folder: "valid", name: "tls").source])
        #expect(
            configuration.namedFiles.map { "\($0.location) \($0.keyPath) \($0.path)" } == [
                "probes.d/tls.yaml:7:13 probes.full.http.tls.ca /etc/ssl/internal.pem",
                "probes.d/tls.yaml:8:22 probes.full.http.tls.certificate /etc/bellwether/client.crt",
                "probes.d/tls.yaml:9:14 probes.full.http.tls.key /etc/bellwether/client.key",
            ]
        )
    }

    @Test("texts are taken as written, as YAML 1.2 reads them")
    func valuesAsWritten() throws {
        let probe = try #require(try Self.probes("values-as-written").first)
        guard case .http(let http) = probe.probe else {
            Issue.record("not http: \(probe)")
            return
        }
        #expect(http.body == "no")
        #expect(http.headers.map(\.value) == ["1.10", "010", "on"])
        #expect(http.expect.statuses == [204...204])
        #expect(http.expect.bodyContains == ["true"])
        #expect(probe.description == "two\nlines")
    }

    @Test("a byte order mark and CRLF change nothing")
    func byteOrderMark() throws {
        #expect(
            try Self.probes("byte-order-mark-and-crlf") == [
                ProbeSpec(name: Self.name("web"), probe: .http(HTTPProbe(url: HTTPURL("http://127.0.0.1:8080/"))))
            ]
        )
    }

    @Test(
        "a file without probes is legal, and a configuration without any is warned about",
        arguments: ["empty", "commented-out"]
    )
    func noProbes(name: String) throws {
        let configuration = try Configuration(main: nil, probeFiles: [Fixture(folder: "valid", name: name).source])
        #expect(configuration.probes == [])
        #expect(
            configuration.warnings.render(sources: [])
                == "probes.d: warning: no probes: no file in probes.d defines any\n"
        )
    }

    @Test("a bound that nobody wrote follows the value that it bounds")
    func boundsFollow() throws {
        let probe = try #require(try Self.probes("built-in-bounds-follow").first)
        #expect(probe.timeout == .milliseconds(500))
        #expect(probe.breaker.backoff.maximum == .seconds(600))
        #expect(probe.breaker.successThreshold == 1)
        #expect(probe.breaker.minimumCalls == 5)
    }

    @Test("every key of bellwether.yaml arrives where it belongs")
    func mainFile() throws {
        let source = try Fixture(folder: "valid-main", name: "every-key").source
        let file = ConfigurationSource(
            path: "probes.d/a.yaml",
            text: "probes: {a: {tcp: 'a:1', breaker: {open_for: 6s}}}"
        )
        let configuration = try Configuration(main: source, probeFiles: [file])
        #expect(
            configuration.agent
                == AgentSettings(
                    name: "edge-1",
                    probesDirectory: "/srv/probes",
                    state: .directory("/srv/bellwether"),
                    drain: .seconds(30),
                    maximumStaleness: 5,
                    loops: .count(4),
                    listeners: [
                        ListenerSettings(address: .tcp(try HostPort("0.0.0.0:9797")), degradedCode: 503, detail: .on),
                        ListenerSettings(address: .tcp(try HostPort("[::1]:9798")), detail: .off),
                        ListenerSettings(address: .unix(path: "/run/bellwether/status.sock")),
                    ],
                    agentCheck: try HostPort("0.0.0.0:9799"),
                    scriptsEnabled: false,
                    log: LogSettings(level: .debug, format: .json)
                )
        )
        let probe = try #require(configuration.probes.first)
        #expect(probe.interval == .seconds(30))
        #expect(probe.timeout == .seconds(3))
        #expect(probe.tags == ["site": "berlin"])
        #expect(
            probe.breaker
                == BreakerPolicy(failureThreshold: 5, openDuration: .seconds(6), backoff: .init(maximum: .seconds(120)))
        )
        #expect(configuration.warnings.map(\.detail.code) == [.slowDetection])
    }

    @Test("without any file every built-in value holds")
    func noFiles() throws {
        let configuration = try Configuration(main: nil, probeFiles: [])
        #expect(configuration.agent == AgentSettings())
    }

    @Test("the reference's built-in values are the ones in force: writing them all out changes nothing")
    func referenceValues() throws {
        let written = try Self.probes("built-in-values")
        #expect(written.count == 4)
        for probe in written {
            let bare: Probe =
                switch probe.probe {
                case .http(let http): .http(HTTPProbe(url: http.url))
                case .tcp(let tcp): .tcp(TCPProbe(address: tcp.address))
                case .grpc(let grpc): .grpc(GRPCProbe(address: grpc.address))
                case .webSocket(let socket): .webSocket(WebSocketProbe(url: socket.url))
                case .script(let script): .script(ScriptProbe(command: script.command))
                default: probe.probe
                }
            #expect(probe == ProbeSpec(name: probe.name, probe: bare))
        }
        let main = try Fixture(folder: "valid-main", name: "built-in-values").source
        #expect(try Configuration(main: main, probeFiles: []).agent == AgentSettings())
    }

    @Test("the probes directory is found even in a file with mistakes")
    func probesDirectory() {
        func directory(_ text: String) -> String {
            Configuration.probesDirectory(in: ConfigurationSource(path: "bellwether.yaml", text: text))
        }
        #expect(directory("agent: {probes: /srv/p, drain: never}\nx: y") == "/srv/p")
        #expect(directory("agent: {") == "probes.d")
        #expect(Configuration.probesDirectory(in: nil) == "probes.d")
    }

    private static func probes(_ name: String) throws -> [ProbeSpec] {
        try Configuration(main: nil, probeFiles: [Fixture(folder: "valid", name: name).source]).probes
    }

    private static func name(_ text: String) throws -> TargetName {
        try #require(TargetName(text))
    }
}
