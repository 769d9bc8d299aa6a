// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Synchronization
import Testing

@Suite("UDPProber")
struct UDPProberTests {
    private static func run(
        _ probe: UDPProbe,
        timeout: Duration = .seconds(2),
        zone: SimulatedZone = .always(.fails(.notFound, after: .zero)),
        cutOff: Bool = false,
        _ rule: @escaping SimulatedDatagrams.Rule
    ) throws -> Outcome {
        let machine = SimulatedMachine(zone: zone)
        machine.kernel.use(SimulatedDatagrams(rule))
        machine.kernel.cutOff(cutOff)
        let box = OutcomeBox()
        machine.loop.simulate(timeout + .seconds(1)) { loop in
            guard let prober = try? UDPProber(probe, resolver: machine.resolver) else {
                preconditionFailure("an expression does not compile")
            }
            prober.start(ProbeRunID(1), deadline: loop.now.advanced(by: timeout), for: box, on: loop)
        }
        #expect(machine.leaks == [])
        return try #require(box.outcome)
    }

    private static func probe(_ host: String = "10.0.0.5:123") throws -> UDPProbe {
        UDPProbe(address: try HostPort(host), send: "ping", expect: "^pong")
    }

    @Test("an answer that matches is healthy, and is shown")
    func healthy() throws {
        let outcome = try Self.run(Self.probe()) { _, sent, _ in
            .answers([Array("pong ".utf8) + sent], after: .milliseconds(7))
        }
        #expect(outcome.verdict == .healthy)
        #expect(outcome.layer == .l7OK)
        #expect(outcome.message == "pong ping")
        #expect(outcome.address == "10.0.0.5:123")
        #expect(outcome.phases == PhaseTimings(firstByte: .milliseconds(7)))
    }

    @Test("datagrams that do not match are passed over until one does")
    func another() throws {
        let outcome = try Self.run(Self.probe()) { _, _, _ in
            .answers([[], Array("busy".utf8), Array("pong".utf8)], after: .milliseconds(7))
        }
        #expect(outcome.verdict == .healthy)
    }

    @Test("when none of the answers matches, the body is wrong, and the first answer is the evidence")
    func mismatch() throws {
        let outcome = try Self.run(Self.probe()) { _, _, _ in .answers([Array("busy".utf8)], after: .milliseconds(7)) }
        #expect(outcome.failure?.reason == .body)
        #expect(outcome.layer == .l7Status)
        #expect(outcome.message == "no answer matches /^pong/")
        #expect(outcome.failure?.evidence.excerpt == "busy")
        #expect(outcome.duration == .seconds(2))
    }

    @Test("silence has timed out, after one datagram")
    func silence() throws {
        let sent = Mutex(0)
        let outcome = try Self.run(Self.probe()) { _, _, _ in
            sent.withLock { $0 += 1 }
            return .drops
        }
        #expect(outcome.failure?.reason == .timeout)
        #expect(outcome.layer == .l7Timeout)
        #expect(outcome.message == "10.0.0.5:123 did not answer within 2s")
        #expect(sent.withLock(\.self) == 1)
    }

    @Test(
        "what the network reports is told from silence",
        arguments: [
            (ECONNREFUSED, .refused, "10.0.0.5:123 says that nobody listens there (ICMP port unreachable)"),
            (EHOSTUNREACH, .unreachable, "10.0.0.5:123 is unreachable: no route to host"),
        ] as [(Int32, FailureReason, String)]
    )
    func reported(code: Int32, reason: FailureReason, message: String) throws {
        let outcome = try Self.run(Self.probe()) { _, _, _ in .reports(code, after: .milliseconds(3)) }
        #expect(outcome.failure?.reason == reason)
        #expect(outcome.layer == .l4Connection)
        #expect(outcome.message == message)
        #expect(outcome.duration == .milliseconds(3))
    }

    @Test("of several addresses the most telling failure is reported, and a later one may still answer")
    func addresses() throws {
        let zone = SimulatedZone.always(.addresses(["10.0.0.1", "10.0.0.2"], after: .milliseconds(1)))
        let refused = try Self.run(Self.probe("udp.test:9"), zone: zone) { peer, _, _ in
            peer.host == "10.0.0.1" ? .reports(ECONNREFUSED, after: .zero) : .fails(EPERM)
        }
        #expect(refused.failure?.reason == .refused)
        #expect(refused.address == "10.0.0.1:9")
        #expect(refused.message.hasSuffix("(2 addresses)"))
        let healthy = try Self.run(Self.probe("udp.test:9"), zone: zone) { peer, _, _ in
            peer.host == "10.0.0.1" ? .fails(EPERM) : .answers([Array("pong".utf8)], after: .zero)
        }
        #expect(healthy.verdict == .healthy)
        #expect(healthy.address == "10.0.0.2:9")
    }

    @Test("P7: without any route, or without a descriptor, nothing is blamed on the target")
    func ours() throws {
        let outcome = try Self.run(Self.probe(), cutOff: true) { _, _, _ in .drops }
        #expect(outcome.verdict == .unknown)
        #expect(outcome.message == "10.0.0.5:123 could not be tried: this machine has no IPv4 route to anywhere")
    }

    @Test("a name that does not resolve is `dns`")
    func unresolved() throws {
        let outcome = try Self.run(Self.probe("gone.test:9")) { _, _, _ in .drops }
        #expect(outcome.failure?.reason == .dns)
    }

    @Test("stopping a run leaves nothing and tells nobody")
    func stopped() throws {
        let machine = SimulatedMachine()
        let box = OutcomeBox()
        let probe = try Self.probe()
        machine.loop.simulate(.seconds(5)) { loop in
            guard let prober = try? UDPProber(probe, resolver: machine.resolver) else {
                preconditionFailure("an expression does not compile")
            }
            prober.start(ProbeRunID(1), deadline: loop.now.advanced(by: .seconds(2)), for: box, on: loop)
            prober.stop(on: loop)
        }
        #expect(machine.leaks == [])
        #expect(box.outcome == nil)
    }

    @Test("on real sockets an answer is taken, also an empty one, and a port without a listener is refused at once")
    func loopback() async throws {
        let server = PacketServer { [[], Array("pong ".utf8) + $0] }
        defer { server.stop() }
        let probe = try Self.probe("127.0.0.1:\(server.port)")
        let closed = try Self.probe("localhost:\(try Listener("127.0.0.1").port)")
        try await withLoop { loop in
            #expect(try await loop.outcome(of: probe).message == "pong ping")
            let refused = try await loop.outcome(of: closed)
            #expect(refused.failure?.reason == .refused)
            #expect(refused.duration < .seconds(10))
            #expect(loop.budget.held == 0)
        }
    }
}

extension EventLoop {
    fileprivate func outcome(of probe: UDPProbe) async throws -> Outcome {
        let resolver = try SystemResolver()
        let prober = try UDPProber(probe, resolver: resolver)
        let outcome = await run(prober)
        prober.stop(on: self)
        resolver.stop(on: self)
        return outcome
    }
}
