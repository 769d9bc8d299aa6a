// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Probers
import Testing

@Suite("ScriptProber: whom a program runs as, where, and what it may use")
struct ScriptLimitsTests {
    @Test("a program runs in its directory, which is / where none is named", arguments: [nil, "/usr/lib"])
    func directory(path: String?) async throws {
        var probe = ScriptProbe(command: ["/bin/pwd"])
        if let path { probe.directory = path }
        #expect(try await ProbersTests.outcome(of: probe).observed.output == "\(path ?? "/")\n")
    }

    @Test("a directory that cannot be entered is told as such")
    func missingDirectory() async throws {
        let probe = ScriptProbe(command: ["/bin/pwd"], directory: "/nowhere")
        let outcome = try await ProbersTests.outcome(of: probe)
        #expect(outcome.failure?.reason == .execSpawn)
        let message = "cannot enter the directory /nowhere: No such file or directory"
        #expect(outcome.failure?.message == message)
    }

    @Test("a program runs as the user it names, without the agent's groups", .enabled(if: getuid() == 0))
    func user() async throws {
        let outcome = try await ProbersTests.outcome(of: ScriptProbe(command: ["/usr/bin/id"], user: "nobody"))
        #expect(outcome.observed.output == "uid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)\n")
    }

    @Test("a user who ignores SIGTERM is killed at the timeout as everybody is", .enabled(if: getuid() == 0))
    func killed() async throws {
        let folder = try ScriptFolder()
        chmod(folder.path, 0o755)
        let script = try folder.script("trap '' TERM; while :; do sleep 1; done")
        let probe = ScriptProbe(command: [script], user: "nobody")
        let outcome = try await ProbersTests.outcome(of: probe, timeLimit: .milliseconds(500))
        #expect(outcome.failure?.reason == .execTimeout)
    }

    @Test("an agent that may not become the user says that it is its own fault", .enabled(if: getuid() != 0))
    func forbiddenUser() async throws {
        let outcome = try await ProbersTests.outcome(of: ScriptProbe(command: ["/usr/bin/id"], user: "nobody"))
        #expect(outcome.failure?.reason == .internal)
        let message = "the agent may not run programs as nobody: Operation not permitted"
        #expect(outcome.failure?.message == message)
    }

    @Test("a user who does not exist is told as such")
    func missingUser() async throws {
        let outcome = try await ProbersTests.outcome(of: ScriptProbe(command: ["/bin/true"], user: "no-such-user"))
        #expect(outcome.failure?.reason == .execSpawn)
        #expect(outcome.failure?.message == "cannot run as no-such-user: there is no local user no-such-user")
    }

    @Test("the limits of memory, processor time and file size are the program's own")
    func limits() async throws {
        let folder = try ScriptFolder()
        let script = try folder.script("ulimit -v; ulimit -t; ulimit -f; ulimit -c")
        let limits = ScriptLimits(memoryBytes: 64 << 20, cpuSeconds: 7, fileBytes: 1 << 20)
        let outcome = try await ProbersTests.outcome(of: ScriptProbe(command: [script], limits: limits))
        // In KiB, seconds, and blocks of 512 bytes.
        #expect(outcome.observed.output == "65536\n7\n2048\n0\n")
    }

    @Test("a program that spins past its processor time is ended by the kernel")
    func spinning() async throws {
        let folder = try ScriptFolder()
        let script = try folder.script("while :; do :; done")
        let probe = ScriptProbe(command: [script], limits: ScriptLimits(cpuSeconds: 1))
        let outcome = try await ProbersTests.outcome(of: probe, timeLimit: .seconds(60))
        #expect(outcome.failure?.reason == .execSignal)
    }

    @Test("a program is told what its last run said")
    func lastVerdict() async throws {
        let folder = try ScriptFolder()
        let script = try folder.script("echo \"<$BELLWETHER_LAST_VERDICT>\"; exit 1")
        let outcomes = try await withLoop { loop in
            try await loop.outcomes(of: ScriptProbe(command: [script]), timeLimit: .seconds(20), count: 2)
        }
        #expect(outcomes.map(\.observed.output) == ["<>\n", "<degraded>\n"])
    }
}
