// SPDX-License-Identifier: Apache-2.0

import ProbeConfig
import Testing

/// Each file of `Fixtures/invalid` is named after its mistake; the text beside it is the whole rendered output.
///
/// After a deliberate change of a message, run with `UPDATE_GOLDEN=1` and read the difference.
@Suite("Invalid files")
struct InvalidFileTests {
    @Test("a probe file with mistakes is refused with exactly these words", arguments: Fixture.all(in: "invalid"))
    func probeFile(fixture: Fixture) throws {
        let source = try fixture.source
        let rendered = Self.refusal(main: nil, probeFiles: [source]).render(sources: [source])
        let expected = try fixture.expected(actual: rendered)
        #expect(rendered == expected)
    }

    @Test(
        "a bellwether.yaml with mistakes is refused with exactly these words",
        arguments: Fixture.all(in: "invalid-main")
    )
    func mainFile(fixture: Fixture) throws {
        let source = try fixture.source
        let rendered = Self.refusal(main: source, probeFiles: []).render(sources: [source])
        let expected = try fixture.expected(actual: rendered)
        #expect(rendered == expected)
    }

    @Test("every golden text belongs to a file, and there are enough of them")
    func completeness() {
        for folder in ["invalid", "invalid-main"] {
            #expect(Fixture.names(in: folder, ending: ".expected") == Fixture.names(in: folder, ending: ".yaml"))
        }
        #expect(Fixture.all(in: "invalid").count >= 70)
    }

    @Test("mistakes of all files are shown together, by file and position")
    func allFiles() {
        let main = ConfigurationSource(path: "bellwether.yaml", text: "agent: {drian: 5s}\ndefaults: {timeout: 1x}\n")
        let first = ConfigurationSource(path: "probes.d/a.yaml", text: "probes:\n  a: {tcp: 'a:1', interval: 5}\n")
        let broken = ConfigurationSource(path: "probes.d/b.yaml", text: "probes: [\n")
        let last = ConfigurationSource(path: "probes.d/c.yaml", text: "probes:\n  a: {tcp: 'a:1', impact: x}\n")
        let files = [first, broken, last]
        let rendered = Self.refusal(main: main, probeFiles: files).render(sources: [main] + files)
        #expect(
            rendered == """
                bellwether.yaml:1:9: error: agent: unknown key "drian" (did you mean "drain"?)
                agent: {drian: 5s}
                        ^
                bellwether.yaml:2:21: error: defaults.timeout: "1x" is not a duration (use 500ms, 5s, 2m)
                defaults: {timeout: 1x}
                                    ^
                probes.d/a.yaml:2:29: error: probes.a.interval: "5" has no unit (use 500ms, 5s, 2m)
                  a: {tcp: 'a:1', interval: 5}
                                            ^
                probes.d/b.yaml:1:10: error: did not find expected node content (while parsing a flow node)
                probes: [
                         ^
                probes.d/c.yaml:2:3: error: probes.a is already defined at probes.d/a.yaml:2:3
                  a: {tcp: 'a:1', impact: x}
                  ^
                probes.d/c.yaml:2:27: error: probes.a.impact: "x" is not one of required, degrading, informational
                  a: {tcp: 'a:1', impact: x}
                                          ^

                """
        )
    }

    @Test("a conflict between files is reported at the nearer value and names the other")
    func conflictAcrossFiles() {
        let main = ConfigurationSource(path: "bellwether.yaml", text: "defaults: {timeout: 8s}\n")
        let file = ConfigurationSource(
            path: "probes.d/a.yaml",
            text:
                "defaults: {interval: 5s}\nprobes:\n  a: {tcp: 'a:1'}\n  b: {tcp: 'a:1'}\n  c: {tcp: 'a:1', interval: 9s}\n"
        )
        #expect(
            Self.refusal(main: main, probeFiles: [file]).render(sources: []) == """
                probes.d/a.yaml:1:22: error: defaults.interval: 5s is shorter than timeout 8s at bellwether.yaml:1:21 \
                (a probe must end before the next one starts)

                """
        )
    }

    @Test("a value that depends on an unreadable bellwether.yaml is not judged")
    func unreadableMain() {
        let main = ConfigurationSource(path: "bellwether.yaml", text: "defaults: {interval: 60s\n")
        let file = ConfigurationSource(path: "probes.d/a.yaml", text: "probes:\n  a: {tcp: 'a:1', timeout: 20s}\n")
        let refusal = Self.refusal(main: main, probeFiles: [file])
        #expect(refusal.map(\.location.path) == ["bellwether.yaml"])
    }

    @Test("a file over 1 MiB is refused as a whole")
    func largeFile() {
        let file = ConfigurationSource(path: "probes.d/a.yaml", text: String(repeating: "#", count: 10_000_000))
        #expect(
            Self.refusal(main: nil, probeFiles: [file]).render(sources: [file])
                == "probes.d/a.yaml: error: the file has 10000000 bytes (at most 1048576 are read)\n"
        )
    }

    @Test("at most 200 mistakes of a file are shown, and how many are not")
    func manyMistakes() {
        let text = "probes:\n" + (0..<500).map { "  a\($0): {tcp: 'a:1', interval: 5}\n" }.joined()
        let file = ConfigurationSource(path: "probes.d/a.yaml", text: text)
        let refusal = Self.refusal(main: nil, probeFiles: [file])
        #expect(refusal.count == 201)
        #expect(refusal.last?.render(sourceLine: nil) == "probes.d/a.yaml: error: and 300 more errors\n")
    }

    @Test("a scalar of a megabyte is quoted in part")
    func hugeScalar() {
        let file = ConfigurationSource(
            path: "probes.d/a.yaml",
            text: "probes: {a: {tcp: 'a:1', interval: \(String(repeating: "9", count: 1_000_000))x}}"
        )
        let rendered = Self.refusal(main: nil, probeFiles: [file]).render(sources: [file])
        #expect(rendered.utf8.count < 500)
    }

    private static func refusal(main: ConfigurationSource?, probeFiles: [ConfigurationSource]) -> [Diagnostic] {
        do {
            let configuration = try Configuration(main: main, probeFiles: probeFiles)
            Issue.record("taken: \(configuration)")
            return []
        } catch {
            return error.diagnostics
        }
    }
}

extension ConfigurationSource {
    init(path: String, text: String) {
        self.init(path: path, bytes: Array(text.utf8))
    }
}
