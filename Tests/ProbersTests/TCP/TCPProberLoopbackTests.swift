// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Probers
import Testing

@Suite("TCPProber on loopback")
struct TCPProberLoopbackTests {
    /// Probes once, for real, on a loop thread of its own.
    private func probe(_ address: String, timeout: Duration) async throws -> Outcome {
        let probe = TCPProbe(address: try HostPort(address))
        let kernel = try SystemKernel()
        let loop = EventLoop(kernel: kernel)
        let thread = try LoopThread(running: loop, name: "test")
        let outcome = await withCheckedContinuation { continuation in
            Task { await loop.probeOnce(probe, timeout: timeout, continuation) }
        }
        thread.stopAndJoin()
        return outcome
    }

    @Test("a listening port is healthy", arguments: ["127.0.0.1", "[::1]"])
    func accepts(host: String) async throws {
        let listener = try Listener(host)
        let outcome = try await probe("\(host):\(listener.port)", timeout: .seconds(10))
        #expect(outcome.verdict == .healthy)
        #expect(outcome.layer == .l4OK)
        #expect(outcome.failure == nil)
        #expect(outcome.address == "\(host):\(listener.port)")
        #expect(outcome.phases.connect != nil)
        #expect(outcome.message.hasPrefix("connected in "))
    }

    @Test("the program behind the port hears of no connection, and no TIME_WAIT is left")
    func leavesNothing() async throws {
        let listener = try Listener("127.0.0.1")
        let outcome = try await probe("127.0.0.1:\(listener.port)", timeout: .seconds(10))
        #expect(outcome.verdict == .healthy)
        #expect(!listener.hasConnection)
        let table = try SystemFiles().read("/proc/net/tcp", limit: 4 * 1_024 * 1_024)
        let port = String(listener.port, radix: 16, uppercase: true)
        let padded = ":" + String(repeating: "0", count: 4 - port.count) + port
        let lines = String(decoding: table.bytes, as: UTF8.self).split(separator: "\n").filter {
            $0.contains(padded + " ")
        }
        // All there is of the port is who listens on it, whose state is 0A.
        #expect(lines.count == 1)
        #expect(lines.allSatisfy { $0.contains(" 0A ") })
    }

    @Test("a port without a listener is refused long before the timeout", arguments: ["127.0.0.1", "[::1]"])
    func refused(host: String) async throws {
        let bound = try Listener(host, backlog: nil)
        let port = bound.port
        let outcome = try await probe("\(host):\(port)", timeout: .seconds(60))
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.layer == .l4Connection)
        #expect(outcome.failure?.reason == .refused)
        #expect(outcome.failure?.evidence.systemError?.code == ECONNREFUSED)
        #expect(outcome.message == "\(host):\(port) refused the connection")
        #expect(outcome.duration < .seconds(30))
    }

    @Test("a name is resolved by the system, and its next address tried when the first refuses")
    func byName() async throws {
        let listener = try Listener("127.0.0.1")
        let outcome = try await probe("localhost:\(listener.port)", timeout: .seconds(10))
        #expect(outcome.verdict == .healthy)
        #expect(outcome.address == "127.0.0.1:\(listener.port)")
        #expect(outcome.phases.dns != nil)
    }

    @Test("a listener whose backlog is full has timed out at the deadline")
    func backlogFull() async throws {
        let listener = try Listener("127.0.0.1", backlog: 0)
        let waiting = try listener.fillBacklog()
        let outcome = try await probe("127.0.0.1:\(listener.port)", timeout: .milliseconds(200))
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.layer == .l4Timeout)
        #expect(outcome.failure?.reason == .connectTimeout)
        #expect(outcome.duration >= .milliseconds(200))
        #expect(outcome.message == "127.0.0.1:\(listener.port) did not answer within 200ms")
        waiting.forEach { close($0) }
    }
}

extension EventLoop {
    fileprivate func probeOnce(
        _ probe: TCPProbe,
        timeout: Duration,
        _ continuation: CheckedContinuation<Outcome, Never>
    ) {
        guard let resolver = try? SystemResolver() else { preconditionFailure("no descriptor for the resolver") }
        let prober = TCPProber(probe, resolver: resolver)
        let observer = Resumer(prober, resolver, continuation)
        prober.start(ProbeRunID(1), deadline: now.advanced(by: timeout), for: observer, on: self)
    }
}

/// Resumes a waiting test with the outcome.
private final class Resumer: ProbeObserver {
    private let prober: TCPProber
    private let resolver: SystemResolver
    private let continuation: CheckedContinuation<Outcome, Never>

    init(_ prober: TCPProber, _ resolver: SystemResolver, _ continuation: CheckedContinuation<Outcome, Never>) {
        self.prober = prober
        self.resolver = resolver
        self.continuation = continuation
    }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        prober.stop(on: loop)
        resolver.stop(on: loop)
        continuation.resume(returning: outcome)
    }
}
