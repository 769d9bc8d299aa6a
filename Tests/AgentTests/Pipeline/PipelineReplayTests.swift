// SPDX-License-Identifier: Apache-2.0

import Agent
import Exposition
import HealthModel
import Testing

@Suite("HealthPipeline: replay")
struct PipelineReplayTests {
    /// One outcome of the recorded day.
    private struct Record {
        var at: MonotonicInstant
        var name: TargetName
        var outcome: Outcome
    }

    /// What went wrong on that day: from and to in minutes after its start.
    private struct Incident {
        var name: String
        var minutes: Range<Double>
        var answer: Answer
    }

    private static let incidents = [
        Incident(name: "db", minutes: 60..<61.5, answer: .fail),
        Incident(name: "cache", minutes: 200..<201.5, answer: .hang(.seconds(2))),
        Incident(name: "api", minutes: 300..<300.4, answer: .fail),
        Incident(name: "api", minutes: 420..<424, answer: .internalFault),
        Incident(name: "api", minutes: 700..<702, answer: Answer(verdict: .degraded, duration: .milliseconds(900))),
        Incident(name: "batch", minutes: 1000..<1003.2, answer: .fail),
    ]

    private static let trace = """
        03:00:00.005 api: closed starting -> closed healthy (the last verdict passed)
        03:00:00.006 db: closed starting -> closed healthy (the last verdict passed)
        03:00:00.006 aggregate: starting -> healthy (no required or degrading target is in the way)
        03:00:00.007 cache: closed starting -> closed healthy (the last verdict passed)
        03:00:00.008 batch: closed starting -> closed healthy (the last verdict passed)
        04:00:27.405 db: closed healthy -> open unhealthy (3 consecutive failures: connect refused)
        04:00:27.405 aggregate: healthy -> unhealthy (1 required target is unhealthy: db)
        04:00:32.405 db: open unhealthy -> half-open unhealthy (the open time has passed)
        04:00:32.410 db: half-open unhealthy -> open unhealthy (a failure while half-open: connect refused)
        04:00:42.410 db: open unhealthy -> half-open unhealthy (the open time has passed)
        04:00:42.415 db: half-open unhealthy -> open unhealthy (a failure while half-open: connect refused)
        04:01:02.415 db: open unhealthy -> half-open unhealthy (the open time has passed)
        04:01:02.420 db: half-open unhealthy -> open unhealthy (a failure while half-open: connect refused)
        04:01:32.420 db: open unhealthy -> half-open unhealthy (the open time has passed)
        04:01:32.425 db: half-open unhealthy -> half-open degraded (recovering: 1 of 2 successes that close the breaker)
        04:01:32.425 aggregate: unhealthy -> degraded (1 required target is degraded: db)
        04:01:33.430 db: half-open degraded -> closed healthy (2 successes while half-open)
        04:01:33.430 aggregate: degraded -> healthy (no required or degrading target is in the way)
        06:20:24.500 cache: closed healthy -> open unhealthy (3 consecutive failures: connect timeout)
        06:20:24.500 aggregate: healthy -> degraded (1 degrading target is unhealthy: cache)
        06:20:29.500 cache: open unhealthy -> half-open unhealthy (the open time has passed)
        06:20:31.500 cache: half-open unhealthy -> open unhealthy (a failure while half-open: connect timeout)
        06:20:41.500 cache: open unhealthy -> half-open unhealthy (the open time has passed)
        06:20:43.500 cache: half-open unhealthy -> open unhealthy (a failure while half-open: connect timeout)
        06:21:03.500 cache: open unhealthy -> half-open unhealthy (the open time has passed)
        06:21:05.500 cache: half-open unhealthy -> open unhealthy (a failure while half-open: connect timeout)
        06:21:35.500 cache: open unhealthy -> half-open unhealthy (the open time has passed)
        06:21:35.505 cache: half-open unhealthy -> half-open degraded (recovering: 1 of 2 successes that close the breaker)
        06:21:35.505 aggregate: degraded -> healthy (no required or degrading target is in the way)
        06:21:36.510 cache: half-open degraded -> closed healthy (2 successes while half-open)
        10:00:43.890 api: closed healthy -> closed stale (no verdict since 2026-11-21T09:59:41.305Z, longer than allowed;\
         the last probe said nothing about the target: connect internal)
        10:00:43.890 aggregate: healthy -> unhealthy (1 required target is stale: api)
        10:04:01.055 api: closed stale -> closed healthy (the last verdict passed)
        10:04:01.055 aggregate: unhealthy -> healthy (no required or degrading target is in the way)
        14:40:03.250 api: closed healthy -> closed degraded (the last verdict passed with a warning: connect refused)
        14:40:03.250 aggregate: healthy -> degraded (1 required target is degraded: api)
        14:42:01.755 api: closed degraded -> closed healthy (the last verdict passed)
        14:42:01.755 aggregate: degraded -> healthy (no required or degrading target is in the way)
        19:42:31.105 batch: closed healthy -> open unhealthy (3 consecutive failures: connect refused)
        19:42:36.105 batch: open unhealthy -> half-open unhealthy (the open time has passed)
        19:42:36.110 batch: half-open unhealthy -> open unhealthy (a failure while half-open: connect refused)
        19:42:46.110 batch: open unhealthy -> half-open unhealthy (the open time has passed)
        19:42:46.115 batch: half-open unhealthy -> open unhealthy (a failure while half-open: connect refused)
        19:43:06.115 batch: open unhealthy -> half-open unhealthy (the open time has passed)
        19:43:06.120 batch: half-open unhealthy -> open unhealthy (a failure while half-open: connect refused)
        19:43:36.120 batch: open unhealthy -> half-open unhealthy (the open time has passed)
        19:43:36.125 batch: half-open unhealthy -> half-open degraded (recovering: 1 of 2 successes that close the breaker)
        19:43:37.130 batch: half-open degraded -> closed healthy (2 successes while half-open)
        """

    private func specs() throws -> [ProbeSpec] {
        [
            try spec("api", interval: .seconds(20), jitter: 0.1),
            try spec("db", interval: .seconds(10), jitter: 0.1),
            try spec("cache", impact: .degrading, interval: .seconds(10)),
            try spec("batch", impact: .informational, interval: .seconds(60)),
        ]
    }

    /// One line for each change, with its time of the day in UTC, which began at three o'clock.
    private func lines(_ changes: [HealthChange]) -> [String] {
        changes.map { change in
            let time = change.moment.wall.rfc3339.dropFirst(11).dropLast()
            switch change.event {
            case .target(let event):
                return "\(time) \(event.endpoint): \(event.oldState.rawValue) \(event.oldStatus) -> "
                    + "\(event.newState.rawValue) \(event.newStatus) (\(event.reason))"
            case .aggregate(let event):
                return "\(time) aggregate: \(event.oldStatus) -> \(event.newStatus) (\(event.reason))"
            case .group(let event):
                return "\(time) group \(event.group): \(event.oldStatus) -> \(event.newStatus) (\(event.reason))"
            case .maintenance(let event):
                return "\(time) \(event.target): maintenance \(event.maintenance?.reason ?? "over")"
            }
        }
    }

    /// Lives through the day and writes down every outcome.
    private func record() throws -> (records: [Record], changes: [HealthChange]) {
        var records: [Record] = []
        var harness = PipelineHarness(try specs()) { start, now in
            let minute = PipelineHarness.origin.duration(to: now).inSeconds / 60
            let incident = Self.incidents.first { $0.name == start.spec.name.text && $0.minutes.contains(minute) }
            let answer = incident?.answer ?? .pass
            let end = now.advanced(by: answer.duration)
            let outcome = answer.outcome(startedAt: now, endedAt: end)
            records.append(Record(at: end, name: start.spec.name, outcome: outcome))
            return answer
        }
        harness.run(for: .seconds(86_400))
        return (records.filter { $0.at <= harness.now }.sorted { $0.at < $1.at }, harness.changes)
    }

    /// What `/readyz` answers over the day: time, code, and the field that says degraded.
    private static let answers = """
        03:00:00.000 503
        03:00:00.006 200
        04:00:27.405 503
        04:01:32.425 200 x-envoy-degraded: 1
        04:01:33.430 200
        06:20:24.500 200 x-envoy-degraded: 1
        06:21:35.505 200
        10:00:43.890 503
        10:04:01.055 200
        14:40:03.250 200 x-envoy-degraded: 1
        14:42:01.755 200
        """

    /// Feeds what was written down to a new pipeline that wakes only when it wants to, and shows every snapshot to `publish`.
    private func replay(
        _ records: [Record],
        publish: (HealthSnapshot) -> Void = { _ in }
    ) throws -> [HealthChange] {
        var harness = PipelineHarness(try specs())
        var runs: [TargetName: RunID] = [:]
        var changes: [HealthChange] = []
        func wake(_ harness: PipelineHarness) {
            for start in harness.pipeline.takeDue(at: harness.moment, limit: .max) { runs[start.spec.name] = start.run }
            if let snapshot = harness.pipeline.publication(at: harness.moment) { publish(snapshot) }
            changes += harness.pipeline.takeChanges()
        }
        wake(harness)
        for record in records {
            while let next = harness.pipeline.nextWake, next < record.at {
                harness.stall(for: harness.now.duration(to: next))
                wake(harness)
            }
            harness.stall(for: harness.now.duration(to: record.at))
            let run = try #require(runs[record.name], "\(record.name) was not running")
            #expect(harness.finish(run, record.outcome))
            wake(harness)
        }
        return changes
    }

    @Test("a recorded day replays to the same statuses")
    func recordedDay() throws {
        let day = try record()
        #expect(day.records.count > 20_000)
        let trace = lines(day.changes).joined(separator: "\n")
        #expect(trace == Self.trace, "\(trace)")
        #expect(try replay(day.records) == day.changes)
    }

    @Test("a recorded day is answered to the load balancer the same, to the millisecond")
    func answeredDay() throws {
        var answers: [String] = []
        _ = try replay(try record().records) { snapshot in
            let answer = StatusView(snapshot, at: snapshot.takenAt).readiness()
            let degraded =
                answer.fields.first { $0.name == "x-envoy-degraded" }.map { " \($0.name): \($0.value)" } ?? ""
            let line = "\(answer.code)\(degraded)"
            if answers.last?.dropFirst("03:00:00.000 ".count) != line[...] {
                answers.append("\(snapshot.takenAtWallTime.rfc3339.dropFirst(11).dropLast()) \(line)")
            }
        }
        #expect(answers.joined(separator: "\n") == Self.answers)
    }
}
