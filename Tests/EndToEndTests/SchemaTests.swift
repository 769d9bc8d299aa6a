// SPDX-License-Identifier: Apache-2.0

import Testing

/// `bellwether schema`, held by an independent validator against the files that the reader is held against.
@Suite("schema, end to end")
struct SchemaTests {
    private static let repository = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    private static let fixtures = repository + "/Tests/ProbeConfigTests/Fixtures/"

    /// Files with mistakes that no schema sees, with the reason.
    private static let beyondSchemas = [
        "breaker-contradictions.yaml": "values that are right alone and contradict each other, in order of size",
        "breaker-contradicts-defaults.yaml": "a value of a probe against one of the defaults",
        "script-interval-too-short.yaml": "the size of a duration, which is a text",
        "timeout-longer-than-interval.yaml": "one duration against another",
        "agent-check.yaml": "an address that another list names, too",
    ]

    @Test(
        "every file that is taken is taken by the schema",
        arguments: [("probes", "valid"), ("agent", "valid-main")]
    )
    func valid(subject: String, folder: String) throws {
        let found = try Self.validate(subject, files: Self.files(in: Self.fixtures + folder))
        #expect(!found.isEmpty)
        for line in found { #expect(line.hasPrefix("accepted "), "\(line)") }
    }

    @Test("the files that ship are taken by the schema")
    func shipped() throws {
        let probes = ["/probes.d", "/packaging/etc/probes.d"].flatMap { Self.files(in: Self.repository + $0) }
        #expect(probes.count > 5)
        let found =
            try Self.validate("probes", files: probes)
            + Self.validate("agent", files: [Self.repository + "/packaging/etc/bellwether.yaml"])
        for line in found { #expect(line.hasPrefix("accepted "), "\(line)") }
    }

    @Test(
        "every file that is refused is refused by the schema, except for what no schema sees",
        arguments: [("probes", "invalid"), ("agent", "invalid-main")]
    )
    func invalid(subject: String, folder: String) throws {
        let found = try Self.validate(subject, files: Self.files(in: Self.fixtures + folder))
        #expect(!found.isEmpty)
        for line in found {
            let words = line.split(separator: " ")
            let isBeyond = Self.beyondSchemas[String(words[1])] != nil
            #expect((words[0] == "accepted") == isBeyond, "\(line)")
        }
    }

    @Test("a word that names no files is a mistake in usage")
    func usage() {
        let folder = TemporaryFolder()
        withExtendedLifetime(folder) {
            let command = ChildProcess([Agent.binary, "schema", "probe"], in: folder, name: "schema")
            #expect(command.waitForExit() == 64)
            #expect(command.output.isEmpty)
        }
    }

    private static func files(in folder: String) -> [String] {
        TemporaryFolder.entries(of: folder)
            .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yaml.example") }
            .sorted()
            .map { "\(folder)/\($0)" }
    }

    /// What the validator says about each file.
    private static func validate(_ subject: String, files: [String]) throws -> [String] {
        let folder = TemporaryFolder()
        let schema = ChildProcess([Agent.binary, "schema", subject], in: folder, name: "schema")
        try #require(schema.waitForExit() == 0, "\(schema.errors)")
        folder.write(schema.output, to: "schema.json")
        let validator = ChildProcess(
            [
                repository + "/.build/python/bin/python", repository + "/Tests/EndToEndTests/Clients/schema.py",
                "schema.json",
            ]
                + files,
            in: folder,
            name: "validator"
        )
        try #require(validator.waitForExit() == 0, "\(validator.errors)")
        let lines = validator.output.split(separator: "\n").map(String.init)
        try #require(lines.count == files.count)
        return lines
    }
}
