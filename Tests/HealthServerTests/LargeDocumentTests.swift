// SPDX-License-Identifier: Apache-2.0

import Exposition
import Glibc
import HealthModel
import NIOCore
import Testing

@testable import HealthServer

@Suite("Large documents")
struct LargeDocumentTests {
    /// A rendering thread that works when it is told to.
    final class Press {
        var waiting: [(work: DocumentCache.Work, done: (ListenerAnswers.Rendered?) -> Void)] = []
        var later: [() -> Void] = []

        var thread: RenderingThread {
            RenderingThread(perform: { self.waiting.append(($0, $1)) }, later: { self.later.append($0) })
        }

        func finishFirst() {
            let (work, done) = waiting.removeFirst()
            done(work())
        }
    }

    static let key = DocumentCache.Key(route: .metrics, asked: Asked())

    static func document(_ text: String) -> ListenerAnswers.Rendered {
        ListenerAnswers.Rendered(Answer(code: 200, contentType: .text, body: Array(text.utf8)))
    }

    @Test("all who ask before anything changes share one rendering, which is then kept")
    func shared() {
        let press = Press()
        let cache = DocumentCache(press.thread)
        var got: [String] = []
        var prepared = 0
        for _ in 0..<3 {
            cache.render(Self.key, then: { got.append(String(buffer: $0?.body ?? .init())) }) {
                prepared += 1
                return { Self.document("one") }
            }
        }
        #expect(press.waiting.count == 1)
        #expect(got.isEmpty)
        press.finishFirst()
        #expect(got == ["one", "one", "one"])
        #expect(prepared == 1)
        #expect(cache[Self.key] != nil)
        cache.clear()
        #expect(cache[Self.key] == nil)
    }

    @Test("who asks after something changed gets the next rendering, shared by all of those")
    func next() {
        let press = Press()
        let cache = DocumentCache(press.thread)
        var got: [String] = []
        var edition = 1
        func ask(_ who: String) {
            cache.render(Self.key, then: { got.append(who + String(buffer: $0?.body ?? .init())) }) {
                let text = "\(edition)"
                return { Self.document(text) }
            }
        }
        ask("a")
        cache.clear()
        edition = 2
        ask("b")
        ask("c")
        #expect(press.waiting.count == 1, "at most one rendering of a document at a time")
        press.finishFirst()
        #expect(got == ["a1"])
        #expect(cache[Self.key] == nil, "what was rendered before the change is not kept")
        press.finishFirst()
        #expect(got == ["a1", "b2", "c2"])
        #expect(press.waiting.isEmpty)
    }

    @Test("a large document is forgotten when nobody has asked for long")
    func forgotten() {
        let press = Press()
        let cache = DocumentCache(press.thread)
        cache.render(Self.key, then: { _ in }) { { Self.document("one") } }
        press.finishFirst()
        #expect(cache[Self.key] != nil)
        for body in press.later { body() }
        #expect(cache[Self.key] == nil)
    }

    @Test("readiness is answered while metrics are being rendered")
    func readinessMeanwhile() async throws {
        var ends: [CInt] = [-1, -1]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let reading = ends[0]
        try await RunningServer.run(facts: {
            // The rendering thread stands here until the test lets it go on.
            var byte: UInt8 = 0
            _ = read(reading, &byte, 1)
            return AgentFacts()
        }) { running in
            await running.publish(Self.many(1_000, clock: running.clock))
            let scraper = try RawClient(running.address)
            scraper.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\nGET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
            for _ in 0..<10 {
                #expect(try running.get("/readyz").code == 200)
                #expect(try running.get("/health/targets/t500").code == 200)
            }
            var byte: UInt8 = 0
            #expect(write(ends[1], &byte, 1) == 1)
            let metrics = try scraper.receiveResponse()
            #expect(metrics.code == 200)
            #expect(metrics.body.contains("bellwether_target_status{target=\"t999\",status=\"healthy\"} 1\n"))
            let live = try scraper.receiveResponse()
            #expect(live.body == "ok", "the next request of the pipeline comes after it")
        }
    }

    @Test(
        "every document of a large agent is whole, in every way to ask for it",
        arguments: [
            "/metrics", "/health", "/health?format=actuator", "/readyz?format=json", "/api/v1/targets",
            "/api/v1/health",
        ]
    )
    func whole(path: String) async throws {
        try await RunningServer.run { running in
            await running.publish(Self.many(200, clock: running.clock))
            let get = try running.get(path)
            #expect(get.code == 200)
            #expect(get.body.contains("t199"))
            let head = try running.ask("HEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\n", hasBody: false)
            #expect(head.fields["content-length"] == "\(get.body.utf8.count)")
            let again = try running.get(path, fields: "X-Request-Id: abc\r\n")
            #expect(again.fields["x-request-id"] == "abc")
            #expect(again.body == get.body)
        }
    }

    @Test("a client that leaves while its document is rendered harms nobody")
    func gone() async throws {
        try await RunningServer.run { running in
            await running.publish(Self.many(500, clock: running.clock))
            for _ in 0..<20 {
                let client = try RawClient(running.address)
                client.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
            }
            #expect(try running.get("/metrics").code == 200)
            #expect(try running.get("/readyz").code == 200)
        }
    }

    @Test("metrics come in the format that is asked for")
    func formats() async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.healthy(clock: running.clock))
            let older = try running.get("/metrics")
            #expect(older.fields["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(older.fields["vary"] == "Accept")
            let newer = try running.get("/metrics", fields: "Accept: application/openmetrics-text; version=1.0.0\r\n")
            #expect(newer.fields["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
            #expect(newer.body.hasSuffix("# EOF\n"))
            #expect(!older.body.contains("# EOF"))
        }
    }

    @Test(
        "what lists many targets, or looks through them, is rendered off the event loop",
        arguments: [
            ("/health/groups/big", 200), ("/health/groups/big?format=actuator", 200), ("/readyz?verbose", 1_000),
            ("/readyz?exclude=t1", 1_000), ("/startupz", 1_000), ("/startupz?verbose", 1_000),
        ]
    )
    func offTheLoop(path: String, count: Int) throws {
        let clock = StillClock()
        let connection = try EmbeddedConnection(
            clock: clock,
            snapshot: Self.many(count, clock: clock, group: "big")
        )
        let context = connection.core.listener(ListenerSettings())
        let target = RequestTarget(path)
        let route = try #require(Route(path: target.path))
        let asked = try context.asked(of: route, target.query, AcceptField([]))
        guard case .awaited(let key) = context.answers.rendering(route, asked) else {
            Issue.record("\(path) was rendered at once")
            return
        }
        var body = ""
        context.answers.render(key) { body = String(buffer: $0?.body ?? ByteBuffer()) }
        #expect(!body.isEmpty)
        #expect(try connection.receive("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n").hasSuffix(body))
    }

    @Test("a small group is rendered at once, and readiness of many stays prepared while it passes")
    func atOnce() throws {
        let clock = StillClock()
        let connection = try EmbeddedConnection(clock: clock, snapshot: Self.many(20, clock: clock, group: "big"))
        let context = connection.core.listener(ListenerSettings())
        let name = try #require(GroupName("big"))
        guard case .ready = context.answers.rendering(.healthGroup(name), Asked(dialect: .healthJSON)) else {
            Issue.record("a small group was not rendered at once")
            return
        }
        let large = try EmbeddedConnection(clock: clock, snapshot: Self.many(5_000, clock: clock))
        #expect(try large.receive("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n").hasSuffix("\r\n\r\nok"))
        #expect(large.counters.answeredFast == 1)
    }

    @Test("a failing list of many targets is the same from the full parser, rendered off the event loop")
    func failingList() throws {
        let clock = StillClock()
        var snapshot = Self.many(600, clock: clock)
        snapshot.aggregate.status = .unhealthy
        snapshot.targets[7].status = .unhealthy
        let connection = try EmbeddedConnection(clock: clock, snapshot: snapshot)
        let text = try connection.receive("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 503 "))
        #expect(text.contains("[-]\(snapshot.targets[7].name) failed"))
        #expect(text.hasSuffix("readyz check failed\n"))
        #expect(connection.counters.answeredFully == 1)
    }

    static func many(_ count: Int, clock: StillClock, group: String? = nil) -> HealthSnapshot {
        let names = (0..<count).map { "t\($0)" }.sorted()
        let targets = names.map { Snapshots.target($0, .healthy, clock: clock) }
        var snapshot = Snapshots.snapshot(.healthy, targets, clock: clock)
        guard let name = group.flatMap({ GroupName($0) }) else { return snapshot }
        let members = targets.map {
            TargetState(name: $0.name, impact: .required, status: $0.status)
        }
        var tally = GroupTally()
        for member in members { tally.counted.add(member.impact, member.status) }
        let spec = GroupSpec(name: name, policy: .all, impact: .required)
        snapshot.groups = [
            GroupHealth(spec, tally: tally, members: members, since: clock.wallTime)
        ]
        return snapshot
    }
}
