// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// `bellwether import`: what it prints where, what it writes, and what it leaves alone.
@Suite("import, end to end")
struct ImportTests {
    private static let fixtures =
        "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/PeerImportTests/Fixtures/"

    private static let cases = [
        ["haproxy", "haproxy.cfg", "haproxy"], ["gatus", "gatus.yml", "gatus"],
        ["kubernetes", "kubernetes.yaml", "kubernetes"],
        ["kubernetes", "kubernetes.yaml", "kubernetes-host", "--host", "10.0.0.9"],
    ]

    @Test(
        "the probes go to standard output, what is not carried to standard error, and check takes them",
        arguments: cases
    )
    func output(words: [String]) {
        let folder = Self.folder()
        let run = Self.run(["import", words[0], words[1]] + words.dropFirst(3), in: folder)
        #expect(run.waitForExit() == 0)
        #expect(run.output == TemporaryFolder.read(Self.fixtures + words[2] + ".probes.yaml"))
        #expect(run.errors == TemporaryFolder.read(Self.fixtures + words[2] + ".notes"))
        folder.write(run.output, to: "probes.d/imported.yaml")
        let check = Self.run(["check", "--probes", "probes.d"], in: folder, name: "check")
        #expect(check.waitForExit() == 0, "\(check.errors)")
    }

    @Test("blackbox takes its targets from Prometheus and from the command line")
    func blackbox() {
        let folder = Self.folder()
        let run = Self.run(
            ["import", "blackbox", "blackbox.yml", "--prometheus", "prometheus.yml", "--target", "icmp=10.0.0.1"],
            in: folder
        )
        #expect(run.waitForExit() == 0, "\(run.errors)")
        #expect(run.output.contains("\n  icmp-10.0.0.1:\n"))
        #expect(run.output.contains("  # target at prometheus.yml:12\n"))
    }

    @Test("an output file appears whole, is not replaced unasked, and leaves nothing beside it")
    func file() {
        let folder = Self.folder()
        let words = ["import", "haproxy", "haproxy.cfg", "--output", "out.yaml"]
        #expect(Self.run(words, in: folder).waitForExit() == 0)
        let golden = TemporaryFolder.read(Self.fixtures + "haproxy.probes.yaml")
        #expect(TemporaryFolder.read(folder.path + "/out.yaml") == golden)
        folder.write("mine", to: "out.yaml")
        let again = Self.run(words, in: folder, name: "again")
        #expect(again.waitForExit() == 78)
        #expect(again.errors == "out.yaml: is there already (--force replaces it)\n")
        #expect(TemporaryFolder.read(folder.path + "/out.yaml") == "mine")
        #expect(Self.run(words + ["--force"], in: folder).waitForExit() == 0)
        #expect(TemporaryFolder.read(folder.path + "/out.yaml") == golden)
        #expect(!TemporaryFolder.entries(of: folder.path).contains { $0.hasSuffix(".new") })
    }

    @Test("a file that is none of the peer's writes nothing and says where")
    func refusal() {
        let folder = Self.folder()
        folder.write("endpoints:\n  - name: a\n", to: "gatus.yml")
        let run = Self.run(["import", "gatus", "gatus.yml", "--output", "out.yaml"], in: folder)
        #expect(run.waitForExit() == 78)
        #expect(run.output.isEmpty)
        #expect(run.errors == "gatus.yml:2:5: error: endpoint a has no url\n  - name: a\n    ^\n")
        #expect(!TemporaryFolder.entries(of: folder.path).contains("out.yaml"))
        let missing = Self.run(["import", "gatus", "none.yml"], in: folder, name: "missing")
        #expect(missing.waitForExit() == 78)
        #expect(missing.errors == "none.yml: cannot be read: No such file or directory\n")
    }

    @Test(
        "options that do not go together are mistakes in usage",
        arguments: [
            ["haproxy", "haproxy.cfg", "--host", "a"], ["gatus", "gatus.yml", "--target", "a"],
            ["gatus", "gatus.yml", "--force"], ["nagios", "gatus.yml"],
        ]
    )
    func usage(words: [String]) {
        let folder = Self.folder()
        withExtendedLifetime(folder) {
            #expect(Self.run(["import"] + words, in: folder).waitForExit() == 64)
        }
    }

    @Test("- is standard input")
    func standardInput() {
        let folder = Self.folder()
        let line = "exec '\(Agent.binary)' import kubernetes - --host h <kubernetes.yaml"
        let run = ChildProcess(["/bin/sh", "-c", line], in: folder, name: "import")
        #expect(run.waitForExit() == 0, "\(run.errors)")
        #expect(run.output.contains("  # standard input:26\n  shop-web:\n"))
    }

    private static func folder() -> TemporaryFolder {
        let folder = TemporaryFolder()
        for name in ["haproxy.cfg", "gatus.yml", "kubernetes.yaml", "blackbox.yml", "prometheus.yml"] {
            folder.write(bytes: TemporaryFolder.bytes(of: fixtures + name), to: name)
        }
        return folder
    }

    private static func run(_ words: [String], in folder: TemporaryFolder, name: String = "import") -> ChildProcess {
        ChildProcess([Agent.binary] + words, in: folder, name: name)
    }
}
