// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig
import Testing

/// A machine that knows one zone, one hour east of UTC.
private struct OneZone: ZoneSource {
    func zone(named name: String) -> ZoneRules? {
        name == "Test/East" ? ZoneRules(name: name, initialOffset: 3_600) : nil
    }
}

@Suite("Configuration of groups, dependencies, maintenance and retries")
struct GroupConfigurationTests {
    @Test("every key of aggregate and groups arrives where it belongs")
    func mainFile() throws {
        let source = try Fixture(folder: "valid-main", name: "groups").source
        let file = ConfigurationSource(
            path: "probes.d/a.yaml",
            text: """
                probes:
                  a: {tcp: 'a:1', groups: [search, payments]}
                  b: {tcp: 'b:1', groups: [search, payments, shop]}
                  c: {tcp: 'c:1'}
                  d: {tcp: 'd:1', groups: [], retry: {attempts: 1}}
                """
        )
        let configuration = try Configuration(main: source, probeFiles: [file])
        #expect(configuration.warnings == [])
        #expect(
            try configuration.agent.aggregate
                == AggregateSettings(
                    policy: .share(0.6),
                    failOpen: 0.3,
                    groups: [
                        GroupSpec(name: Self.group("payments"), policy: .any),
                        GroupSpec(name: Self.group("rest")),
                        GroupSpec(name: Self.group("search"), policy: .count(2), impact: .informational),
                        GroupSpec(name: Self.group("shop"), policy: .share(0.5), impact: .degrading),
                    ]
                )
        )
        #expect(
            configuration.probes.map { $0.groups.map(\.text) } == [
                ["payments", "search"], ["payments", "search", "shop"], ["rest"], [],
            ]
        )
        #expect(configuration.probes.map(\.retry.attempts) == [3, 3, 3, 1])
    }

    @Test("every key of dependencies, maintenance and retries arrives where it belongs")
    func probeFile() throws {
        let source = try Fixture(folder: "valid", name: "groups-every-key").source
        let probes = try Configuration(main: nil, probeFiles: [source]).probes
        let web = try #require(probes.last)
        #expect(web.dependencies.map(\.text) == ["db"])
        #expect(web.retry == RetrySettings(attempts: 2, backoff: .milliseconds(250)))
        #expect(
            web.maintenance == [
                .once(
                    from: try #require(WallTime(rfc3339: "2026-12-01T22:00:00Z")),
                    to: try #require(WallTime(rfc3339: "2026-12-02T01:00:00.5Z")),
                    reason: "new disks"
                ),
                .weekly(
                    WeeklyWindow(weekday: 0, start: 82_800, end: 3_600, zone: .utc),
                    reason: "weekly maintenance, Sun 23:00-01:00 UTC"
                ),
            ]
        )
    }

    @Test("a zone is asked for by name")
    func zone() throws {
        let file = ConfigurationSource(
            path: "probes.d/a.yaml",
            text: "probes: {a: {tcp: 'a:1', maintenance: [{weekly: 'Sat 00:00-24:00', zone: Test/East}]}}"
        )
        let probe = try #require(try Configuration(main: nil, probeFiles: [file], zones: OneZone()).probes.first)
        let east = ZoneRules(name: "Test/East", initialOffset: 3_600)
        #expect(
            probe.maintenance == [
                .weekly(
                    WeeklyWindow(weekday: 6, start: 0, end: 86_400, zone: east),
                    reason: "weekly maintenance, Sat 00:00-24:00 in Test/East"
                )
            ]
        )
    }

    @Test(
        "what groups, probes and policies say together is checked",
        arguments: [
            (
                "groups: {pool: {}}", "a: {tcp: 'a:1', groups: [poll]}",
                """
                probes.d/a.yaml:2:26: error: probes.a.groups[0]: no group is called "poll" (did you mean "pool"?)

                """
            ),
            (
                "{}", "a: {tcp: 'a:1', groups: pool}",
                """
                probes.d/a.yaml:2:25: error: probes.a.groups: no group is called "pool" (define it under groups in \
                bellwether.yaml)

                """
            ),
            (
                "groups: {a: {}}", "a: {tcp: 'a:1'}",
                """
                bellwether.yaml:1:10: error: groups.a: a probe is called so, too, at probes.d/a.yaml:2:1 (both are asked \
                for by name)

                """
            ),
            (
                "groups: {pool: {policy: {at_least: 2}}}", "a: {tcp: 'a:1', groups: pool}",
                """
                bellwether.yaml:1:25: error: groups.pool.policy: at_least 2 is never reached: the group has 1 required \
                member

                """
            ),
            (
                "aggregate: {policy: {at_least: 2}}", "a: {tcp: 'a:1'}",
                """
                bellwether.yaml:1:21: error: aggregate.policy: at_least 2 is never reached: there is 1 required target

                """
            ),
        ]
    )
    func together(main: String, probes: String, expected: String) {
        let main = ConfigurationSource(path: "bellwether.yaml", text: main)
        let file = ConfigurationSource(path: "probes.d/a.yaml", text: "probes: {\n\(probes)}")
        #expect(throws: ConfigurationRefusal.self) { try Configuration(main: main, probeFiles: [file]) }
        do {
            _ = try Configuration(main: main, probeFiles: [file])
        } catch {
            #expect(error.diagnostics.render(sources: []) == expected)
        }
    }

    @Test(
        "what only looks wrong is taken with a warning",
        arguments: [
            (
                "groups: {pool: {}}", "a: {tcp: 'a:1'}",
                """
                bellwether.yaml:1:10: warning: groups.pool: no probe names this group, so it counts for nothing

                """
            ),
            (
                "groups: {pool: {}}", "a: {tcp: 'a:1', groups: pool, impact: informational}",
                """
                bellwether.yaml:1:10: warning: groups.pool: every member is informational, so it counts for nothing
                probes.d/a.yaml:2:31: warning: probes.a.impact: every probe is informational, so the agent is ready \
                whatever they find

                """
            ),
            (
                "aggregate: {fail_open: 50%}", "a: {tcp: 'a:1'}",
                """
                bellwether.yaml:1:13: warning: aggregate.fail_open: with 1 required target any failure is all of them \
                at once, so none counts

                """
            ),
            (
                "{}", "a: {tcp: 'a:1', retry: {attempts: 3, backoff: 1s}}",
                """
                probes.d/a.yaml:2:25: warning: probes.a.retry.attempts: the waits between 3 attempts take 2s, and the \
                probe a ends after 2s

                """
            ),
            (
                "{}", "a: {tcp: 'a:1', breaker: {failure_rate: 50%}}",
                """
                probes.d/a.yaml:2:27: warning: probes.a.breaker.failure_rate: the failure_rate of a never counts: at \
                an interval of 10s at most 2 calls end within the window of 10s, and minimum_calls is 10

                """
            ),
        ]
    )
    func warnings(main: String, probes: String, expected: String) throws {
        let main = ConfigurationSource(path: "bellwether.yaml", text: main)
        let file = ConfigurationSource(path: "probes.d/a.yaml", text: "probes: {\n\(probes)}")
        let configuration = try Configuration(main: main, probeFiles: [file])
        #expect(configuration.warnings.render(sources: []) == expected)
    }

    @Test("a rate that never counts is an error where no other rule opens the breaker")
    func onlyRule() {
        let file = ConfigurationSource(
            path: "probes.d/a.yaml",
            text: "probes: {a: {tcp: 'a:1', breaker: {failure_threshold: 0, failure_rate: 50%}}}"
        )
        #expect(throws: ConfigurationRefusal.self) { try Configuration(main: nil, probeFiles: [file]) }
    }

    @Test(
        "a rate that can count is taken without a word",
        arguments: ["window: 5m", "window: 10 calls", "minimum_calls: 2"]
    )
    func enough(key: String) throws {
        let file = ConfigurationSource(
            path: "probes.d/a.yaml",
            text: "probes: {a: {tcp: 'a:1', breaker: {failure_rate: 50%, \(key)}}}"
        )
        #expect(try Configuration(main: nil, probeFiles: [file]).warnings == [])
    }

    @Test("off turns an inherited rule of the breaker off")
    func off() throws {
        let file = ConfigurationSource(
            path: "probes.d/a.yaml",
            text: """
                defaults:
                  breaker: {failure_rate: 50%, window: 20 calls, n_of_m: 3 of 5, slow_call: {over: 1s, rate: 50%}}
                probes:
                  a: {tcp: 'a:1'}
                  b: {tcp: 'a:1', breaker: {failure_rate: off, n_of_m: off, slow_call: off}}
                """
        )
        let probes = try Configuration(main: nil, probeFiles: [file]).probes
        #expect(probes[0].breaker.failureRate == 0.5)
        #expect(probes[0].breaker.slidingFailures != nil)
        #expect(probes[0].breaker.slowCall != nil)
        #expect(probes[1].breaker == BreakerPolicy(window: .count(20)))
    }

    @Test("a breaker whose every rule is off is refused")
    func allOff() {
        let file = ConfigurationSource(
            path: "probes.d/a.yaml",
            text: """
                defaults: {breaker: {failure_rate: 50%, window: 20 calls}}
                probes: {a: {tcp: 'a:1', breaker: {failure_threshold: 0, failure_rate: off}}}
                """
        )
        #expect(throws: ConfigurationRefusal.self) { try Configuration(main: nil, probeFiles: [file]) }
    }

    private static func group(_ text: String) throws -> GroupName {
        try #require(GroupName(text))
    }
}
