// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Probers
import Testing

@Suite("ScriptWorkerProber")
struct ScriptWorkerTests {
    private let folder: ScriptFolder

    init() throws {
        folder = try ScriptFolder()
    }

    /// The outcomes of checks one after another; `between` runs after each but the last.
    private func outcomes(
        of script: String,
        count: Int,
        timeLimit: Duration = .seconds(20),
        between: @Sendable () throws -> Void = {}
    ) async throws -> [Outcome] {
        let probe = ScriptProbe(command: [script], mode: .worker)
        return try await withLoop { loop in
            try await loop.checks(of: probe, count: count, timeLimit: timeLimit, between: between)
        }
    }

    /// A worker that answers with what `reply` prints for check number `$check`, after `before`.
    private func worker(_ reply: String, before: String = "", named name: String = "check") throws -> String {
        try folder.script(
            """
            echo $$ >> DIR/starts
            \(before)
            while read -r line; do
              check=${line#*:}; check=${check%%,*}
              \(reply)
            done
            """,
            named: name
        )
    }

    /// How many workers were started.
    private var starts: Int {
        guard let file = fopen("\(folder.path)/starts", "r") else { return 0 }
        defer { fclose(file) }
        var lines = 0
        while case let character = fgetc(file), character != EOF { lines += character == 10 ? 1 : 0 }
        return lines
    }

    private static let healthy = #"echo "{\"check\":$check,\"status\":0,\"output\":\"OK $check | n=$check\"}""#

    @Test("one process answers every check, with verdict, output and performance data as a plugin's")
    func answers() async throws {
        let outcomes = try await outcomes(of: try worker(Self.healthy), count: 5)
        #expect(outcomes.map(\.verdict) == Array(repeating: .healthy, count: 5))
        #expect(outcomes.map(\.observed.output) == (1...5).map { "OK \($0) | n=\($0)" })
        #expect(outcomes[4].observed.performanceData == [PerformanceDatum(label: "n", value: 5, unit: "")])
        #expect(outcomes[4].observed.exitCode == 0)
        #expect(starts == 1)
    }

    @Test("the request names the check, the target, the time it has and what was said last")
    func request() async throws {
        let reply = #"echo "$line" >> DIR/lines; echo "{\"check\":$check,\"status\":1}""#
        _ = try await outcomes(of: try worker(reply), count: 2, timeLimit: .milliseconds(19_500))
        let lines = String(decoding: try SystemFiles().read("\(folder.path)/lines", limit: 1_000).bytes, as: UTF8.self)
        #expect(
            lines == """
                {"check":1,"target":"disk","timeout_s":19.5,"last_verdict":null}
                {"check":2,"target":"disk","timeout_s":19.5,"last_verdict":"degraded"}

                """
        )
    }

    @Test("a worker that ends instead of answering is told by its exit, and another is started for the next check")
    func ends() async throws {
        let reply = "echo gone >&2; [ $check = 2 ] && exit 3\n" + Self.healthy
        let outcomes = try await outcomes(of: try worker(reply), count: 3)
        #expect(outcomes.map(\.verdict) == [.healthy, .unhealthy, .healthy])
        #expect(outcomes[1].failure?.reason == .execExit)
        #expect(outcomes[1].failure?.message == "the worker ended with exit code 3 instead of an answer")
        #expect(outcomes[1].failure?.evidence.excerpt?.hasPrefix("gone") == true)
        #expect(starts == 2)
    }

    @Test("a worker that never answered is started again once at once, then only after a pause")
    func backoff() async throws {
        // However slow the machine is, the pause outgrows it.
        let outcomes = try await outcomes(of: try worker("exit 1"), count: 20)
        #expect(outcomes.allSatisfy { $0.verdict == .unhealthy })
        #expect(outcomes[1].failure?.message == "the worker ended with exit code 1 instead of an answer")
        let message = "the worker ended with exit code 1; it is started again in"
        #expect(outcomes.contains { $0.failure?.message.hasPrefix(message) == true })
        #expect(starts < 20)
    }

    @Test("P5, P13: a worker that does not answer is killed at the timeout with all that it started")
    func silent() async throws {
        let script = try worker("sleep 1000", before: "trap '' TERM; sleep 2000 & echo $! > DIR/child")
        let outcomes = try await outcomes(of: script, count: 1, timeLimit: .milliseconds(700))
        #expect(outcomes[0].failure?.reason == .execTimeout)
        #expect(outcomes[0].failure?.message == "not done in 700ms, killed")
        let child = try #require(folder.number(in: "child"))
        #expect(kill(child, 0) != 0)
    }

    @Test(
        "whatever is no answer to the check under way ends the worker",
        arguments: [
            ("echo hello", "the worker wrote a line that is no answer: hello"),
            (#"echo "{\"check\":99,\"status\":0}""#, "the worker answered check 99, which is not under way"),
            (
                #"echo "{\"check\":$check,\"status\":256}""#,
                "the worker answered status 256, which is not between 0 and 255"
            ),
            ("head -c 100000 /dev/zero | tr '\\0' x", "the worker wrote a line of more than 49408 bytes"),
            ("head -c 5000000 /dev/zero >&2; sleep 1000", "the worker floods its standard error"),
        ]
    )
    func noise(reply: String, message: String) async throws {
        let outcomes = try await outcomes(of: try worker(reply), count: 1)
        #expect(outcomes[0].verdict == .unhealthy)
        #expect(outcomes[0].failure?.reason == .protocolError)
        #expect(outcomes[0].failure?.message == message)
    }

    @Test("a program that was replaced gets a new worker at the next check")
    func replaced() async throws {
        let script = try worker(Self.healthy)
        let outcomes = try await outcomes(of: script, count: 2) {
            _ = try worker(#"echo "{\"check\":$check,\"status\":2,\"output\":\"new\"}""#)
        }
        #expect(outcomes.map(\.verdict) == [.healthy, .unhealthy])
        #expect(outcomes[1].observed.output == "new")
    }

    @Test("a worker that is stopped leaves nothing")
    func stopped() async throws {
        _ = try await outcomes(of: try worker(Self.healthy), count: 1)
        let worker = try #require(folder.number(in: "starts"))
        #expect(kill(worker, 0) != 0)
    }
}

extension EventLoop {
    /// Asks a worker one check after another, then stops it and waits until it is gone; the budget is whole again then.
    fileprivate func checks(
        of probe: ScriptProbe,
        count: Int,
        timeLimit: Duration,
        between: @Sendable () throws -> Void
    ) async throws -> [Outcome] {
        let reaper = ProcessReaper(spawner: try SystemProcessSpawner())
        guard let name = TargetName("disk") else { preconditionFailure("a legal name was refused") }
        let host = ScriptHost(reaper: reaper, files: SystemFiles(), user: getuid())
        let prober = ScriptWorkerProber(target: name, probe: probe, host: host)
        var outcomes: [Outcome] = []
        for number in 0..<UInt64(count) {
            if number > 0 { try between() }
            outcomes.append(await run(prober, number, timeLimit: timeLimit))
        }
        prober.stop(on: self)
        #expect(await reaper.waitUntilEmpty(until: now.advanced(by: .seconds(60)), on: self))
        #expect(budget.held == 0)
        return outcomes
    }
}
