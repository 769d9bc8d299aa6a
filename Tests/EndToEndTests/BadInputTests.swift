// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// Files, folders and ports that are wrong: a clear message, the documented exit code, nothing lost.
@Suite("bad input, end to end")
struct BadInputTests {
    private struct Ended {
        var code: CInt?
        var output: String
        var errors: String
    }

    private static func run(_ arguments: [String], in folder: TemporaryFolder) -> Ended {
        let process = ChildProcess([Agent.binary] + arguments, in: folder, name: "run-\(arguments[0])")
        let code = process.waitForExit()
        return Ended(code: code, output: process.output, errors: process.errors)
    }

    @Test("check says that a good folder is good")
    func goodFolder() {
        let folder = TemporaryFolder()
        folder.write("probes: {a: {tcp: '127.0.0.1:1'}}\n", to: "probes.d/a.yaml")
        let result = Self.run(["check", "--probes", folder.path + "/probes.d"], in: folder)
        #expect(result.code == 0)
        #expect(result.output.range(of: "1 probe") != nil)
    }

    @Test("check shows every mistake of every file at once and exits 78")
    func manyMistakes() {
        let folder = TemporaryFolder()
        folder.write("probes:\n  a:\n    tcp: 127.0.0.1:1\n    timeout: 5x\n", to: "probes.d/a.yaml")
        folder.write("probes:\n  a:\n    tcp: 127.0.0.1:2\n    intervall: 5s\n", to: "probes.d/b.yaml")
        folder.write("probes: [\n", to: "probes.d/c.yaml")
        let result = Self.run(["check", "--probes", folder.path + "/probes.d"], in: folder)
        #expect(result.code == 78)
        #expect(result.errors.range(of: "a.yaml:4:14: error: probes.a.timeout: \"5x\" is not a duration") != nil)
        #expect(result.errors.range(of: "    timeout: 5x\n             ^") != nil)
        #expect(result.errors.range(of: "b.yaml:4:5: error: probes.a: unknown key \"intervall\"") != nil)
        #expect(result.errors.range(of: "(did you mean \"interval\"?)") != nil)
        #expect(result.errors.range(of: "b.yaml:2:3: error: probes.a is already defined at") != nil)
        #expect(result.errors.range(of: "c.yaml:") != nil)
    }

    @Test("run refuses what check refuses, with the same text and code")
    func runRefusesToo() {
        let folder = TemporaryFolder()
        folder.write("probes: {a: {tcp: '127.0.0.1:1', timeout: 5x}}\n", to: "probes.d/a.yaml")
        let checked = Self.run(["check", "--probes", folder.path + "/probes.d"], in: folder)
        let started = Self.run(["run", "--probes", folder.path + "/probes.d"], in: folder)
        #expect(checked.code == 78)
        #expect(started.code == 78)
        #expect(checked.errors == started.errors)
    }

    @Test("a folder that does not exist is named", arguments: ["check", "run"])
    func missingFolder(command: String) {
        let folder = TemporaryFolder()
        let missing = folder.path + "/nowhere"
        let result = Self.run([command, "--probes", missing], in: folder)
        #expect(result.code == 78)
        #expect(result.errors.range(of: missing) != nil)
        #expect(result.errors.range(of: "No such file or directory") != nil)
    }

    @Test("a port in use is named, and the agent exits 69")
    func portInUse() {
        let taken = ScriptedServer { _ in }
        let folder = TemporaryFolder()
        folder.write("probes: {a: {tcp: '127.0.0.1:1'}}\n", to: "probes.d/a.yaml")
        let result = Self.run(
            ["run", "--probes", folder.path + "/probes.d", "--listen", "127.0.0.1:\(taken.port)"],
            in: folder
        )
        #expect(result.code == 69)
        #expect(result.errors.range(of: "127.0.0.1:\(taken.port)") != nil)
        #expect(result.errors.range(of: "Address already in use") != nil)
    }

    @Test("an unknown option is a usage error")
    func usage() {
        let folder = TemporaryFolder()
        #expect(Self.run(["run", "--nonsense"], in: folder).code == 64)
    }

    @Test("status without an agent exits 69 and says where it looked")
    func noAgent() {
        let folder = TemporaryFolder()
        let port = Port.free()
        let result = Self.run(["status", "--address", "127.0.0.1:\(port)"], in: folder)
        #expect(result.code == 69)
        #expect(result.errors.range(of: "127.0.0.1:\(port)") != nil)
    }
}
