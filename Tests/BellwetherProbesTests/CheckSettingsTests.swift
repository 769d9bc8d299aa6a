// SPDX-License-Identifier: Apache-2.0

import BellwetherProbes
import HealthModel
import ProbeConfig
import Testing

/// A kind that reads a setting of every type.
private struct EveryType: CheckKind {
    static let name = "every_type"

    init(settings: CheckSettings) throws(CheckSettingsProblem) {
        try settings.allow("text", "count", "share", "flag", "wait", "list", "below", "rows")
        _ = try settings.text("text", default: "none")
        _ = try settings.integer("count", in: 1...9, default: 1)
        _ = try settings.number("share", in: 0...1, default: 0.5)
        _ = try settings.truth("flag", default: true)
        _ = try settings.duration("wait", default: .seconds(1))
        _ = try settings.texts("list")
        _ = try settings.settings("below").integer("depth", in: 0...3, default: 0)
        for row in try settings.items("rows") { _ = try row.text("name") }
    }

    @concurrent func check(_ context: CheckContext) async -> CheckResult { .healthy("") }
}

@Suite("CheckSettings")
struct CheckSettingsTests {
    private static func configuration(_ yaml: String) throws(ConfigurationRefusal) -> Configuration {
        let source = ConfigurationSource(path: "a.yaml", bytes: Array("probes:\n  a:\n    every_type: \(yaml)\n".utf8))
        return try Configuration(main: nil, probeFiles: [source], kinds: CheckKindRegistry([EveryType.self]))
    }

    @Test(
        "settings of every type are read, and their absence takes the defaults",
        arguments: [
            "{}", "",
            "{text: 1.10, count: 9, share: 0.25, flag: false, wait: 250ms, list: [a, b], below: {depth: 3}, rows: [{name: x}]}",
            "{list: one}",
        ]
    )
    func legal(yaml: String) throws {
        let probe = try #require(try Self.configuration(yaml).probes.first?.probe)
        #expect(probe.kind == "every_type")
    }

    @Test(
        "a wrong setting is refused at its line and column",
        arguments: [
            ("{count: 10}", "a.yaml:3:25: error: probes.a.every_type.count: out of range (1 to 9)"),
            ("{count: '3'}", "a.yaml:3:25: error: probes.a.every_type.count: not a whole number (1 to 9)"),
            ("{count: [1]}", "a.yaml:3:25: error: probes.a.every_type.count: expected a number"),
            ("{share: 2}", "a.yaml:3:25: error: probes.a.every_type.share: not a number from 0.0 to 1.0"),
            ("{flag: yes}", "a.yaml:3:24: error: probes.a.every_type.flag: not true or false"),
            ("{wait: 5}", "a.yaml:3:24: error: probes.a.every_type.wait: not a duration (use 500ms, 5s, 2m)"),
            ("{below: {depth: 4}}", "a.yaml:3:33: error: probes.a.every_type.below.depth: out of range (0 to 3)"),
            ("{rows: [{name: x}, {}]}", "a.yaml:3:36: error: probes.a.every_type.rows[1]: has no name"),
            ("{list: [a, [b]]}", "a.yaml:3:28: error: probes.a.every_type.list[1]: expected a text"),
            ("{rows: 1}", "a.yaml:3:24: error: probes.a.every_type.rows: expected a list"),
            (
                "{other: 1}",
                "a.yaml:3:25: error: probes.a.every_type.other: unknown key (use text, count, share, flag, wait, list, below, rows)"
            ),
        ]
    )
    func wrong(yaml: String, line: String) {
        do throws(ConfigurationRefusal) {
            _ = try Self.configuration(yaml)
            Issue.record("taken: \(yaml)")
        } catch {
            #expect(error.diagnostics.map { $0.render(sourceLine: nil) } == [line + "\n"])
        }
    }

    @Test("two probes are the same exactly when kind and settings are, so a reload keeps what did not change")
    func equality() throws {
        #expect(try Self.configuration("{count: 2}").probes == Self.configuration("{count: 2}").probes)
        #expect(try Self.configuration("{count: 2}").probes != Self.configuration("{count: 3}").probes)
    }

    @Test("an agent without the kind does not know its key")
    func unknownKind() {
        let source = ConfigurationSource(path: "a.yaml", bytes: Array("probes: {a: {every_type: x}}".utf8))
        #expect(throws: ConfigurationRefusal.self) { try Configuration(main: nil, probeFiles: [source]) }
    }
}
