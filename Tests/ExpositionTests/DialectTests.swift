// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Exposition

@Suite("Dialects of a status")
struct DialectTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let moment: Moment
        let dialect: StatusDialect
        let showsDetail: Bool
        let code: Int
        let text: String

        init(_ moment: Moment, _ dialect: StatusDialect, detail: Bool = true, _ code: Int, _ text: String) {
            self.moment = moment
            self.dialect = dialect
            showsDetail = detail
            self.code = code
            self.text = text
        }

        var testDescription: String { "\(dialect) \(moment)\(showsDetail ? "" : " without detail")" }
    }

    @Test("the aggregate, word for word", arguments: cases)
    func golden(golden: Case) throws {
        let view = golden.moment.view(showsDetail: golden.showsDetail)
        let answer = try #require(view.answer(about: .aggregate, in: golden.dialect))
        #expect(answer.text.brokenAtCommas == golden.text)
        #expect(answer.code == golden.code)
        #expect(answer.contentType == golden.dialect.contentType)
    }

    @Test("one target, word for word", arguments: targetCases)
    func target(golden: Case) throws {
        let view = golden.moment.view(showsDetail: golden.showsDetail)
        let name = try #require(view.snapshot.targets.first { $0.name.text != "api" } ?? view.snapshot.targets.first)
            .name
        let answer = try #require(view.answer(about: .target(name), in: golden.dialect))
        #expect(answer.text.brokenAtCommas == golden.text)
        #expect(answer.code == golden.code)
    }

    @Test("nothing is answered about a target that does not exist", arguments: StatusDialect.allCases)
    func unknown(dialect: StatusDialect) {
        #expect(Moment.healthy.view().answer(about: .target(Fixtures.name("nobody")), in: dialect) == nil)
    }

    @Test("Vary is there exactly when Accept could have changed the answer", arguments: [true, false])
    func vary(varies: Bool) {
        let answer = Moment.healthy.view().answer(about: .aggregate, in: .json, varies: varies)
        #expect(answer?.fields.contains(HTTPField(name: "Vary", value: "Accept")) == varies)
    }

    @Test("every dialect says when to come back, and what Envoy wants to know", arguments: StatusDialect.allCases)
    func fields(dialect: StatusDialect) throws {
        let down = try #require(Moment.unhealthy.view().answer(about: .aggregate, in: dialect))
        #expect(down.fields == [HTTPField(name: "Retry-After", value: "5")])
        let draining = try #require(Moment.draining.view().answer(about: .aggregate, in: dialect))
        #expect(draining.fields == [HTTPField(name: "x-envoy-immediate-health-check-fail", value: "true")])
        let degraded = try #require(Moment.degraded.view().answer(about: .aggregate, in: dialect))
        #expect(degraded.fields == [HTTPField(name: "x-envoy-degraded", value: "1")])
    }

    @Test("degraded has the listener's code, but Consul's own in its dialect", arguments: [200, 429, 503])
    func degradedCode(code: Int) {
        let view = Moment.degraded.view(degradedCode: code)
        for dialect in StatusDialect.allCases {
            let isConsul = dialect == .consulLines || dialect == .consulReport
            #expect(view.answer(about: .aggregate, in: dialect)?.code == (isConsul ? 429 : code))
        }
    }

    @Test(
        "without detail no dialect shows a name, a text or an address of a target",
        arguments: StatusDialect.allCases,
        Moment.allCases
    )
    func hidden(dialect: StatusDialect, moment: Moment) throws {
        let view = moment.view(showsDetail: false)
        let subjects = [StatusSubject.aggregate] + view.snapshot.targets.map { .target($0.name) }
        for subject in subjects {
            let text = try #require(view.answer(about: subject, in: dialect)).text
            for secret in [
                "\"db\"", "db:", "disk", "api", "internal", "DISK", "connection refused", "10.0.0", "edge-1",
            ]
            where dialect != .text || subject == .aggregate {
                #expect(!text.contains(secret), "\(secret) in \(text)")
            }
        }
    }

    @Test(
        "a duration is written as .NET does",
        arguments: [
            (Duration.zero, "00:00:00"), (.microseconds(350), "00:00:00.0003500"), (.seconds(3_661), "01:01:01"),
            (.seconds(90_061) + .nanoseconds(123_456_789), "1.01:01:01.1234567"), (.seconds(-1), "00:00:00"),
        ]
    )
    func timeSpan(duration: Duration, expected: String) throws {
        var snapshot = Fixtures.healthy
        snapshot.targets[0].lastOutcome?.duration = duration
        let view = StatusView(snapshot, at: Fixtures.now)
        let text = try #require(view.answer(about: .aggregate, in: .aspnetReport)).text
        #expect(text.contains("\"totalDuration\":\"\(expected)\""))
        #expect(text.contains("\"duration\":\"\(expected)\""))
    }

    @Test("what Consul keeps is short however many targets are down, and cut between characters")
    func consulLimit() throws {
        var targets: [TargetHealth] = []
        for number in 100..<1_100 {
            var target = Fixtures.db()
            target.identify(name: Fixtures.name("database-\(number)"))
            targets.append(target)
        }
        let why = String(repeating: "é", count: 3_000)
        let view = StatusView(Fixtures.snapshot(.unhealthy, targets, why: why), at: Fixtures.now)
        let answer = try #require(view.answer(about: .aggregate, in: .consulLines))
        #expect(answer.body.count < 4_096)
        #expect(String(validating: answer.body, as: UTF8.self) != nil)
        let lines = answer.text.split(separator: "\n")
        let shown = lines.count { $0.hasPrefix("database-") }
        #expect(shown > 10)
        #expect(lines.last == "and \(1_000 - shown) more")
        #expect(lines[1] == "database-100: unhealthy: refused")
    }

    @Test("nothing in what Consul keeps changes with another outcome of the same kind")
    func consulIsStable() throws {
        var later = Fixtures.unhealthy
        for index in later.targets.indices {
            later.targets[index].lastOutcome?.duration = .milliseconds(77)
            later.targets[index].lastOutcomeAt = Fixtures.wallNow.advanced(by: .seconds(9))
        }
        let answers = [Fixtures.unhealthy, later].map {
            StatusView($0, at: Fixtures.now).answer(about: .aggregate, in: .consulLines)
        }
        #expect(answers[0]?.body == answers[1]?.body)
    }
}
