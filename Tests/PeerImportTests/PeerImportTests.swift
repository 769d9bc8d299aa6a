// SPDX-License-Identifier: Apache-2.0

import HealthModel
import PeerImport
import ProbeConfig
import Testing

/// Each fixture is a file of a peer; beside it lie what becomes of it and what could not be carried.
///
/// After a deliberate change, run with `UPDATE_GOLDEN=1` and read the difference.
@Suite("Import from peers")
struct PeerImportTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let peer: Peer
        let file: String
        var golden: String
        var prometheus: String?
        var targets: [String] = []
        var host: String?

        var testDescription: String { golden }
    }

    static let cases = [
        Case(
            peer: .blackbox,
            file: "blackbox.yml",
            golden: "blackbox",
            prometheus: "prometheus.yml",
            targets: Self.targets
        ),
        Case(peer: .gatus, file: "gatus.yml", golden: "gatus"),
        Case(peer: .haproxy, file: "haproxy.cfg", golden: "haproxy"),
        Case(peer: .kubernetes, file: "kubernetes.yaml", golden: "kubernetes"),
        Case(peer: .kubernetes, file: "kubernetes.yaml", golden: "kubernetes-host", host: "10.0.0.9"),
    ]

    private static let targets = [
        "irc_banner=irc.example.com:6667", "smtp_starttls=mail.example.com:25", "tls_connect=ldap.example.com:636",
        "icmp=10.0.0.1",
        "dns_soa=ns1.example.com:53", "grpc_tls=orders.example.com:50051", "unix_thing=/run/x.sock",
        "grpc_tls=not an address",
    ]

    @Test("a peer's file becomes these probes, and this is what could not be carried", arguments: cases)
    func golden(fixture: Case) throws {
        let imported = try Self.convert(fixture)
        let notes = imported.notes.map(\.description).joined(separator: "\n") + "\n"
        #expect(try imported.text == Files.golden("\(fixture.golden).probes.yaml", actual: imported.text))
        #expect(try notes == Files.golden("\(fixture.golden).notes", actual: notes))
    }

    @Test("the reader takes what is made, with as many probes and no warning", arguments: cases)
    func roundTrip(fixture: Case) throws {
        let imported = try Self.convert(fixture)
        let file = ConfigurationSource(path: "probes.d/a.yaml", bytes: Array(imported.text.utf8))
        let configuration = try Configuration(main: nil, probeFiles: [file])
        #expect(configuration.probes.count == imported.count)
        #expect(configuration.warnings == [])
    }

    @Test("the same input gives the same output", arguments: cases)
    func determinism(fixture: Case) throws {
        let first = try Self.convert(fixture)
        for _ in 0..<3 {
            let again = try Self.convert(fixture)
            #expect(again.text == first.text)
            #expect(again.notes == first.notes)
        }
    }

    @Test(
        "what is no file of the peer is refused with the place",
        arguments: [
            (
                Peer.blackbox, "modules: [",
                "source:1:11: error: did not find expected node content (while parsing a flow node)"
            ),
            (.blackbox, "a: 1", "source:1:1: error: no modules: this is no configuration of blackbox_exporter"),
            (.blackbox, "", "source: error: the file is empty"),
            (.blackbox, "modules: {a: {timeout: 5s}}", "source:1:14: error: module a has no prober"),
            (
                .blackbox, "modules: {a: {prober: icmp}, b: {prober: icmp}}",
                "source:1:1: error: target t names no module (write module=target; there are a, b)"
            ),
            (.gatus, "endpoints:\n  - name: a\n", "source:2:5: error: endpoint a has no url"),
            (.gatus, "x: &a 1\ny: *a\n", "source:1:4: error: anchors (&name) are not supported; write the value out"),
            (.gatus, "a: 1", "source:1:1: error: no endpoints: this is no configuration of Gatus"),
            (.gatus, "endpoints: []", "source: error: no endpoint could be carried"),
            (.haproxy, "# nothing\n", "source: error: the file is empty"),
            (
                .haproxy, "server a 10.0.0.1:80 check\n",
                "source:1:1: error: \"server\" stands in no section: this is no configuration of HAProxy"
            ),
            (.haproxy, "backend a\n  server b \"10.0.0.1\n", "source:2:1: error: a quote is not closed"),
            (.haproxy, "backend a\n  server b\n", "source:2:1: error: a server has a name and an address"),
            (
                .haproxy, "backend a\n  server b 10.0.0.1:80\n",
                "source: error: no server line with check could be carried"
            ),
            (.haproxy, "backend \u{0}", "source: error: the file is not a text in UTF-8"),
            (
                .kubernetes, "a: 1\n---\nb: 2\n",
                "source:1:1: error: no object with a kind: this is no manifest of Kubernetes"
            ),
            (.kubernetes, "kind: ConfigMap\n", "source: error: no probe of a container could be carried"),
        ]
    )
    func refusal(peer: Peer, text: String, expected: String) {
        var options = ImportOptions()
        if peer == .blackbox, text.contains("b:") { options.targets = ["t"] }
        let source = ConfigurationSource(path: "source", bytes: Array(text.utf8))
        let refusal = #expect(throws: ImportRefusal.self) {
            _ = try PeerImport.convert(source, from: peer, options: options)
        }
        #expect(refusal?.diagnostics.first?.render(sourceLine: nil) == expected + "\n")
    }

    @Test("names are made legal and kept apart, however long and alike they are")
    func names() throws {
        let long = String(repeating: "x", count: 300)
        let endpoints = ["A b", "a-b", "a  b", "ß", "", long, long, "-a-", "x/../y"].map {
            "  - {name: '\($0)', url: 'icmp://10.0.0.1'}\n"
        }
        let imported = try PeerImport.convert(
            ConfigurationSource(path: "g", bytes: Array(("endpoints:\n" + endpoints.joined()).utf8)),
            from: .gatus
        )
        let file = ConfigurationSource(path: "a.yaml", bytes: Array(imported.text.utf8))
        let names = try Configuration(main: nil, probeFiles: [file]).probes.map(\.name.text)
        #expect(
            Set(names) == [
                "a-b", "a-b-2", "a-b-3", "probe", "probe-2", String(repeating: "x", count: 100),
                String(repeating: "x", count: 98) + "-2", "-a", "x-..-y",
            ]
        )
    }

    @Test("hostile texts end up as texts, never as keys, comments or other probes")
    func hostileTexts() throws {
        let texts = [
            "# x", "a: b", "- a", "'", "\\\"", "{a: b}", "*x", "&y", "!z", "%TAG", "null", "~", "1.10", "\\u2028",
            "probes:",
        ]
        let headers = texts.enumerated().map { "X-\($0.offset): \"\($0.element)\"" }.joined(separator: ", ")
        let yaml =
            "endpoints: [{name: a, url: 'http://a/', body: \"# x\\nprobes:\\n  x: \\t'\", headers: {\(headers)}}]"
        let imported = try PeerImport.convert(
            ConfigurationSource(path: "g\nprobes: {}", bytes: Array(yaml.utf8)),
            from: .gatus
        )
        #expect(imported.count == 1)
        let file = ConfigurationSource(path: "a.yaml", bytes: Array(imported.text.utf8))
        #expect(try Configuration(main: nil, probeFiles: [file]).probes.count == imported.count)
    }

    @Test("a source beyond the limits is refused whole", arguments: Peer.allCases)
    func tooLarge(peer: Peer) {
        let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: 2_000_000)
        #expect(throws: ImportRefusal.self) {
            _ = try PeerImport.convert(ConfigurationSource(path: "s", bytes: bytes), from: peer)
        }
    }

    @Test("tens of thousands of keys, modules and targets cost no more than they weigh", .timeLimit(.minutes(2)))
    func manyKeys() {
        var options = ImportOptions()
        let modules = (0..<20_000).map { "  m\($0): {prober: icmp}\n" }.joined()
        let targets = (0..<20_000).map { "'t\($0)'" }.joined(separator: ",")
        let jobs =
            "scrape_configs: [{metrics_path: /probe, params: {module: [none]}, static_configs: [{targets: [\(targets)]}]}]"
        options.prometheus = ConfigurationSource(path: "p", bytes: Array(jobs.utf8))
        let source = ConfigurationSource(path: "b", bytes: Array(("modules:\n" + modules).utf8))
        #expect(throws: ImportRefusal.self) { _ = try PeerImport.convert(source, from: .blackbox, options: options) }
        let headers = (0..<40_000).map { "h\($0): x" }.joined(separator: ", ")
        let gatus = "endpoints: [{name: a, url: 'http://a/', headers: {\(headers)}}]"
        #expect(throws: ImportRefusal.self) {
            _ = try PeerImport.convert(ConfigurationSource(path: "g", bytes: Array(gatus.utf8)), from: .gatus)
        }
    }

    @Test("modules times targets have an end")
    func product() throws {
        var options = ImportOptions()
        options.targets = (0..<300).flatMap { target in (0..<40).map { "m\($0)=10.0.\(target / 256).\(target % 256)" } }
        let modules = (0..<40).map { "  m\($0): {prober: icmp}\n" }.joined()
        let source = ConfigurationSource(path: "b", bytes: Array(("modules:\n" + modules).utf8))
        let imported = try PeerImport.convert(source, from: .blackbox, options: options)
        #expect(imported.count == 5_000)
        #expect(imported.notes.count < 1_100)
    }

    @Test("a damaged file is refused or carried, and never more than that", arguments: cases)
    func damage(fixture: Case) throws {
        let bytes = try Files.bytes(fixture.file)
        var random = SeededRandom(seed: 42)
        for _ in 0..<60 {
            var damaged = bytes
            switch random.next() % 3 {
            case 0: damaged.removeLast(Int(random.next() % UInt64(bytes.count)))
            case 1: damaged[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            default:
                let start = Int(random.next() % UInt64(bytes.count))
                damaged.removeSubrange(start..<min(bytes.count, start + 40))
            }
            let source = ConfigurationSource(path: "damaged", bytes: damaged)
            guard let imported = try? PeerImport.convert(source, from: fixture.peer, options: Self.options(fixture))
            else { continue }
            let file = ConfigurationSource(path: "a.yaml", bytes: Array(imported.text.utf8))
            let configuration = try? Configuration(main: nil, probeFiles: [file])
            #expect(
                configuration?.probes.count == imported.count,
                "\(String(decoding: damaged, as: UTF8.self).prefix(200))"
            )
        }
    }

    @Test(
        "the examples of the manual are files, and what is said to become of them does",
        arguments: [
            Case(
                peer: .blackbox,
                file: "docs/blackbox.yml",
                golden: "docs/blackbox",
                prometheus: "docs/prometheus.yml"
            ),
            Case(peer: .gatus, file: "docs/gatus.yml", golden: "docs/gatus"),
            Case(peer: .haproxy, file: "docs/haproxy.cfg", golden: "docs/haproxy"),
            Case(peer: .kubernetes, file: "docs/kubernetes.yaml", golden: "docs/kubernetes"),
        ]
    )
    func documentation(fixture: Case) throws {
        let imported = try Self.convert(fixture)
        let notes = imported.notes.map(\.description).joined(separator: "\n") + "\n"
        #expect(try imported.text == Files.golden("\(fixture.golden).probes.yaml", actual: imported.text))
        #expect(try notes == Files.golden("\(fixture.golden).notes", actual: notes))
        let manual = String(decoding: try Files.bytes("../../../docs/import.md"), as: UTF8.self)
        let files = try ([fixture.file] + (fixture.prometheus.map { [$0] } ?? [])).map {
            String(decoding: try Files.bytes($0), as: UTF8.self)
        }
        for text in files + [imported.text, notes] { #expect(manual.contains("\n\(text)```"), "\(text)") }
    }

    private static func options(_ fixture: Case) throws -> ImportOptions {
        var options = ImportOptions()
        options.host = fixture.host
        options.targets = fixture.targets
        if let name = fixture.prometheus {
            options.prometheus = ConfigurationSource(path: Self.shown(name), bytes: try Files.bytes(name))
        }
        return options
    }

    /// The file's own name.
    private static func shown(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }

    private static func convert(_ fixture: Case) throws -> ImportedProbes {
        let source = ConfigurationSource(path: shown(fixture.file), bytes: try Files.bytes(fixture.file))
        return try PeerImport.convert(source, from: fixture.peer, options: options(fixture))
    }
}

/// A generator with a seed (SplitMix64), so that a failure is there again the next time.
private struct SeededRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
