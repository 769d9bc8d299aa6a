// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import Testing

@Suite("ScriptProber")
struct ScriptProberTests {
    @Test(
        "a Nagios plugin's exit code becomes a verdict",
        arguments: [
            (0, Verdict.healthy, Layer.l7OK), (1, .degraded, .l7Status), (2, .unhealthy, .l7Status),
            (3, .unknown, .l7Status), (4, .unknown, .l7Status), (126, .unknown, .l7Status), (127, .unknown, .l7Status),
            (255, .unknown, .l7Status),
        ]
    )
    func nagiosExit(code: Int, verdict: Verdict, layer: Layer) async throws {
        let folder = try ScriptFolder()
        let script = try folder.script("echo 'DISK said so | /=1MB'\nexit \(code)")
        let outcome = try await ProbersTests.outcome(of: ScriptProbe(command: [script]))
        #expect(outcome.verdict == verdict)
        #expect(outcome.layer == layer)
        #expect(outcome.failure?.reason == (code == 0 ? nil : .execExit))
        #expect(outcome.failure?.message == (code == 0 ? nil : "exit code \(code): DISK said so"))
        #expect(outcome.observed.exitCode == code)
        #expect(outcome.observed.output == "DISK said so | /=1MB\n")
        #expect(outcome.observed.performanceData == [PerformanceDatum(label: "/", value: 1, unit: "MB")])
    }

    @Test(
        "with the plain exit protocol every code but 0 is a failure",
        arguments: [(0, Verdict.healthy), (1, .unhealthy)]
    )
    func plainExit(code: Int, verdict: Verdict) async throws {
        let folder = try ScriptFolder()
        let script = try folder.script("echo 'a|b=1'; exit \(code)")
        let outcome = try await ProbersTests.outcome(of: ScriptProbe(command: [script], exitProtocol: .exit))
        #expect(outcome.verdict == verdict)
        #expect(outcome.observed.performanceData.isEmpty)
    }

    @Test(
        "a program ended by a signal is unhealthy by that signal",
        arguments: [("SEGV", 11), ("KILL", 9), ("TERM", 15)]
    )
    func signal(name: String, number: Int) async throws {
        let folder = try ScriptFolder()
        let script = try folder.script("kill -\(name) $$")
        let outcome = try await ProbersTests.outcome(of: ScriptProbe(command: [script]))
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.layer == .l7Response)
        #expect(outcome.failure?.reason == .execSignal)
        #expect(outcome.failure?.message == "ended by SIG\(name)")
        #expect(outcome.observed.signal == number)
    }

    @Test("a program gets its arguments as they are written, without a shell")
    func arguments() async throws {
        let folder = try ScriptFolder()
        let script = try folder.script(#"printf '<%s>' "$@""#)
        let command = [script, "a b", "$HOME;`id`", "", "*"]
        let outcome = try await ProbersTests.outcome(of: ScriptProbe(command: command))
        #expect(outcome.observed.output == "<a b><$HOME;`id`><><*>")
    }

    @Test("a program sees its own small environment and nothing of ours")
    func environment() async throws {
        let probe = ScriptProbe(
            command: ["/usr/bin/env"],
            environment: ["LANG": "C", "TOKEN": "x y", "BELLWETHER_RUN": "mine", "BELLWETHER_TARGET": "other"]
        )
        let outcome = try await ProbersTests.outcome(of: probe, timeLimit: .milliseconds(20_500))
        let lines = (outcome.observed.output ?? "").split(separator: "\n").map(String.init)
        #expect(
            lines.dropLast() == [
                "BELLWETHER_LAST_VERDICT=", "BELLWETHER_TARGET=disk", "BELLWETHER_TIMEOUT_SECONDS=20.5", "LANG=C",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TOKEN=x y",
            ]
        )
        #expect(lines.last?.hasPrefix("BELLWETHER_RUN=") == true)
        #expect(lines.last?.utf8.count == "BELLWETHER_RUN=".utf8.count + 32)
    }

    @Test("standard input is empty, and there is no terminal and no other descriptor")
    func descriptors() async throws {
        let folder = try ScriptFolder()
        let script = try folder.script(
            "cat; (: </dev/tty) 2>/dev/null && echo tty; ls /proc/self/fd | tr '\\n' ' '; pwd; umask"
        )
        let outcome = try await ProbersTests.outcome(of: ScriptProbe(command: [script]))
        // 3 is the directory that ls reads.
        #expect(outcome.observed.output == "0 1 2 3 /\n0022\n")
    }

    @Test("a program can gain no privileges, leave no core and open the usual number of files, and ignores no signal")
    func limits() async throws {
        let folder = try ScriptFolder()
        let script = try folder.script("grep -E 'NoNewPrivs|SigBlk|SigIgn' /proc/self/status; ulimit -c; ulimit -Sn")
        let outcome = try await ProbersTests.outcome(of: ScriptProbe(command: [script]))
        let lines = (outcome.observed.output ?? "").split(separator: "\n")
        #expect(
            lines.prefix(4) == ["SigBlk: 0000000000000000", "SigIgn: 0000000000000000", "NoNewPrivs: 1", "0"]
        )
        #expect(lines.last.flatMap { Int($0) }.map { $0 <= 1_024 } == true)
    }

    @Test("standard error stands in for an output that is not there, and is never read for performance data")
    func standardError() async throws {
        let folder = try ScriptFolder()
        let silent = try folder.script("echo 'usage: x | y=1' >&2; exit 3", named: "silent")
        let both = try folder.script("echo 'noise' >&2; echo OK", named: "both")
        let first = try await ProbersTests.outcome(of: ScriptProbe(command: [silent]))
        #expect(first.observed.output == "usage: x | y=1\n")
        #expect(first.observed.performanceData.isEmpty)
        #expect(first.failure?.message == "exit code 3: usage: x")
        let second = try await ProbersTests.outcome(of: ScriptProbe(command: [both]))
        #expect(second.observed.output == "OK\n")
    }

    @Test("a failure without a word still says its exit code")
    func noOutput() async throws {
        let outcome = try await ProbersTests.outcome(of: ScriptProbe(command: ["/bin/false"]))
        #expect(outcome.failure?.message == "exit code 1")
        #expect(outcome.observed.output == nil)
    }
}
