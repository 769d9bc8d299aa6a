// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// `bellwether check` on one mistake per file: what a person sees is held to the letter.
@Suite("check, end to end")
struct CheckTests {
    private static let fixtures: String = {
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        return "/" + tests + "/ProbeConfigTests/Fixtures/"
    }()

    private static func names(in folder: String) -> [String] {
        TemporaryFolder.entries(of: fixtures + folder)
            .filter { $0.hasSuffix(".yaml") }
            .map { String($0.dropLast(".yaml".count)) }
            .sorted()
    }

    @Test("a file with one mistake exits 78 with its golden message", arguments: names(in: "invalid"))
    func mistake(name: String) {
        let folder = TemporaryFolder()
        folder.write(
            bytes: TemporaryFolder.bytes(of: Self.fixtures + "invalid/\(name).yaml"),
            to: "probes.d/\(name).yaml"
        )
        let check = ChildProcess([Agent.binary, "check", "--probes", "probes.d"], in: folder, name: "check")
        #expect(check.waitForExit() == 78)
        #expect(check.errors == TemporaryFolder.read(Self.fixtures + "invalid/\(name).expected"))
        #expect(check.output.isEmpty)
    }

    @Test("a main file with one mistake exits 78 with its golden message", arguments: names(in: "invalid-main"))
    func mainMistake(name: String) {
        let folder = TemporaryFolder()
        folder.write(
            bytes: TemporaryFolder.bytes(of: Self.fixtures + "invalid-main/\(name).yaml"),
            to: "bellwether.yaml"
        )
        folder.write("", to: "probes.d/empty.yaml")
        let check = ChildProcess([Agent.binary, "check", "--config", "bellwether.yaml"], in: folder, name: "check")
        #expect(check.waitForExit() == 78)
        #expect(check.errors == TemporaryFolder.read(Self.fixtures + "invalid-main/\(name).expected"))
    }

    @Test("a file without mistakes exits 0", arguments: names(in: "valid"))
    func correct(name: String) {
        let folder = TemporaryFolder()
        folder.write(
            bytes: TemporaryFolder.bytes(of: Self.fixtures + "valid/\(name).yaml"),
            to: "probes.d/\(name).yaml"
        )
        let check = ChildProcess([Agent.binary, "check", "--probes", "probes.d"], in: folder, name: "check")
        #expect(check.waitForExit() == 0, "\(check.errors)")
    }

    @Test("a file that a probe names and that cannot be read is a warning at its place")
    func missingFile() {
        let folder = TemporaryFolder()
        folder.write("not looked into", to: "client.key")
        let key = folder.path + "/client.key"
        folder.write(
            """
            probes:
              web:
                http:
                  url: https://localhost/
                  tls: {certificate: /nowhere/client.crt, key: \(key)}

            """,
            to: "probes.d/a.yaml"
        )
        let check = ChildProcess([Agent.binary, "check", "--probes", "probes.d"], in: folder, name: "check")
        #expect(check.waitForExit() == 0)
        #expect(
            check.errors == """
                probes.d/a.yaml:5:26: warning: probes.web.http.tls.certificate: cannot be read now: No such file or directory
                      tls: {certificate: /nowhere/client.crt, key: \(key)}
                                         ^

                """
        )
    }

    private static let probesFolder =
        "/" + fixtures.split(separator: "/").dropLast(3).joined(separator: "/") + "/probes.d"

    @Test(
        "the examples that ship are correct",
        arguments: TemporaryFolder.entries(of: probesFolder).filter { $0.hasSuffix(".example") }.sorted()
    )
    func examples(file: String) {
        let folder = TemporaryFolder()
        let example = TemporaryFolder.read(Self.probesFolder + "/" + file)
        #expect(!example.isEmpty)
        folder.write(example, to: "probes.d/\(file.dropLast(".example".count))")
        let check = ChildProcess([Agent.binary, "check", "--probes", "probes.d"], in: folder, name: "check")
        #expect(check.waitForExit() == 0, "\(check.errors)")
        // Files that are named are not there; nothing else is worth a warning.
        let lines = check.errors.split(separator: "\n").filter { $0.contains(": warning: ") }
        #expect(lines.allSatisfy { $0.hasSuffix(": cannot be read now: No such file or directory") }, "\(check.errors)")
    }
}
