// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Synchronization
import Testing

@Suite("ICMPProber")
struct ICMPProberTests {
    private static func run(
        _ probe: ICMPProbe,
        timeout: Duration = .seconds(2),
        runs: Int = 1,
        _ rule: @escaping SimulatedDatagrams.Rule
    ) throws -> Outcome {
        let machine = SimulatedMachine()
        machine.kernel.use(SimulatedDatagrams(rule))
        let box = OutcomeBox()
        machine.loop.simulate(timeout + .seconds(1)) { loop in
            let prober = ICMPProber(probe, resolver: machine.resolver, marks: { 0x0102_0304_0506_0708 })
            prober.start(ProbeRunID(1), deadline: loop.now.advanced(by: timeout), for: box, on: loop)
        }
        #expect(machine.leaks == [])
        return try #require(box.outcome)
    }

    /// A host's reply to a request.
    private static func reply(_ request: [UInt8], type: UInt8 = 0) -> [UInt8] { [type] + request.dropFirst() }

    @Test("a reply is healthy, and its round trip is told")
    func healthy() throws {
        let outcome = try Self.run(ICMPProbe(host: "10.0.0.5")) { _, request, _ in
            .answers([Self.reply(request)], after: .milliseconds(4))
        }
        #expect(outcome.verdict == .healthy)
        #expect(outcome.layer == .l4OK)
        #expect(outcome.address == "10.0.0.5")
        #expect(outcome.message == "1 of 1 replies, round trip 4ms")
        #expect(outcome.duration == .milliseconds(4))
    }

    @Test("a request has type, checksum left to the kernel, sequence number and marked data", arguments: [false, true])
    func request(isIPv6: Bool) throws {
        let seen = Mutex<[[UInt8]]>([])
        let probe = ICMPProbe(host: isIPv6 ? "fd00::5" : "10.0.0.5", count: 2, size: 10)
        let outcome = try Self.run(probe) { _, request, _ in
            seen.withLock { $0.append(request) }
            return .answers([Self.reply(request, type: isIPv6 ? 129 : 0)], after: .milliseconds(1))
        }
        #expect(outcome.verdict == .healthy)
        let data: [UInt8] = [8, 7, 6, 5, 4, 3, 2, 1, 8, 9]
        let type: UInt8 = isIPv6 ? 128 : 8
        #expect(seen.withLock(\.self) == [[type, 0, 0, 0, 0, 0, 0, 1] + data, [type, 0, 0, 0, 0, 0, 0, 2] + data])
    }

    @Test("requests go out over the first half of the timeout")
    func pace() throws {
        let sent = Mutex<[MonotonicInstant]>([])
        let outcome = try Self.run(ICMPProbe(host: "10.0.0.5", count: 3), timeout: .seconds(4)) { _, request, now in
            sent.withLock { $0.append(now) }
            return .answers([Self.reply(request)], after: .milliseconds(1))
        }
        let times = sent.withLock(\.self).map { SimulatedKernel.start.duration(to: $0) }
        #expect(times == [.zero, .seconds(1), .seconds(2)])
        #expect(outcome.duration == .milliseconds(2_001))
    }

    @Test("silence has timed out at the deadline")
    func silence() throws {
        let outcome = try Self.run(ICMPProbe(host: "10.0.0.5", count: 2)) { _, _, _ in .drops }
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.failure?.reason == .timeout)
        #expect(outcome.layer == .l4Timeout)
        #expect(outcome.message == "10.0.0.5 did not answer within 2s")
        #expect(outcome.duration == .seconds(2))
        #expect(outcome.observed.facts == .echo(EchoFacts(sent: 2, received: 0, fastest: nil, mean: nil, slowest: nil)))
    }

    @Test(
        "more loss than allowed fails, less passes",
        arguments: [(0.0, false), (0.2, false), (0.25, true), (0.9, true)]
    )
    func loss(allowed: Double, passes: Bool) throws {
        let probe = ICMPProbe(host: "10.0.0.5", count: 4, maximumLoss: allowed)
        let outcome = try Self.run(probe) { _, request, _ in
            request[7] == 2 ? .drops : .answers([Self.reply(request)], after: .milliseconds(1))
        }
        #expect(outcome.verdict == (passes ? .healthy : .unhealthy))
        #expect(outcome.failure?.reason == (passes ? nil : .timeout))
        #expect(outcome.message == (passes ? "3 of 4 replies, round trip 1ms" : "3 of 4 replies, expected none lost"))
    }

    @Test("a mean round trip longer than `slow` degrades")
    func slow() throws {
        let probe = ICMPProbe(host: "10.0.0.5", count: 2, slow: .milliseconds(50))
        let outcome = try Self.run(probe) { _, request, _ in
            .answers([Self.reply(request)], after: request[7] == 1 ? .milliseconds(20) : .milliseconds(100))
        }
        #expect(outcome.verdict == .degraded)
        #expect(outcome.failure?.reason == .timeout)
        #expect(outcome.message == "2 of 2 replies, round trip 60ms, slower than 50ms")
    }

    @Test("replies with other data, of other kinds, to other requests, and second ones count for nothing")
    func hostile() throws {
        let damaged = try Self.run(ICMPProbe(host: "10.0.0.5")) { _, request, _ in
            .answers([Self.reply(request) + [1]], after: .milliseconds(1))
        }
        #expect(damaged.failure?.reason == .protocolError)
        #expect(damaged.message == "the replies carry other data than was sent")
        let junk = try Self.run(ICMPProbe(host: "10.0.0.5", count: 2)) { _, request, _ in
            var other = Self.reply(request)
            other[7] = 9
            let bytes = [[], [0], request, Self.reply(request, type: 3), other]
            return .answers(bytes + (request[7] == 1 ? [Self.reply(request), Self.reply(request)] : []), after: .zero)
        }
        #expect(junk.message == "1 of 2 replies, expected none lost")
    }

    @Test("a host that the network reports as unreachable fails at once")
    func unreachable() throws {
        let outcome = try Self.run(ICMPProbe(host: "10.0.0.5")) { _, _, _ in
            .reports(EHOSTUNREACH, after: .milliseconds(3))
        }
        #expect(outcome.failure?.reason == .unreachable)
        #expect(outcome.message == "10.0.0.5 is unreachable: no route to host")
    }

    @Test("a kernel that forbids echo requests is our own trouble, and the message names the setting")
    func forbidden() throws {
        let outcome = try Self.run(ICMPProbe(host: "10.0.0.5")) { _, _, _ in .fails(EACCES) }
        #expect(outcome.verdict == .unknown)
        #expect(outcome.failure?.reason == .internal)
        #expect(outcome.message.contains("net.ipv4.ping_group_range"))
    }
}
