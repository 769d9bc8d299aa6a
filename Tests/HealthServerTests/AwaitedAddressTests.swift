// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import Testing

@testable import HealthServer

/// 192.0.2.0/24 and 2001:db8::/32 are for documentation, so that no machine has an address of them (RFC 5737, RFC 3849).
@Suite("Listeners whose address is still to come")
struct AwaitedAddressTests {
    private static let missing =
        "this machine does not have the address yet; clients are answered from the moment it has"

    private static func elsewhere(_ address: String = "192.0.2.1:0") throws -> ListenerSettings {
        ListenerSettings(address: .tcp(try HostPort(address, allowsPortZero: true)), detail: .on)
    }

    @Test("the server starts, says so once, and the other listeners answer")
    func starts() async throws {
        let (listeners, notices) = ([try Self.elsewhere(), try RunningServer.anyPort()], Notices())
        var limits = ServerLimits()
        limits.addressInterval = .milliseconds(10)
        try await RunningServer.run(listeners: listeners, limits: limits, notices: notices) { running in
            #expect(running.addresses[0].description.hasPrefix("192.0.2.1:"))
            #expect(running.addresses[0] != listeners[0].address, "it has a port")
            let alive = try running.get("/livez", listener: 1)
            #expect(alive.code == 200)
            let counters = await running.server.counters()
            #expect(counters.awaitedAddresses == 1)
            let metrics = try running.get("/metrics", listener: 1).body
            #expect(metrics.contains("bellwether_endpoint_awaited_addresses 1\n"))
            #expect(notices.messages == [Self.missing])
        }
    }

    @Test("an IPv6 address is waited for as well", .enabled(if: ListeningTests.hasIPv6))
    func ipv6() async throws {
        let notices = Notices()
        let listener = try Self.elsewhere("[2001:db8::1]:0")
        try await RunningServer.run(listeners: [listener], notices: notices) { running in
            _ = await running.server.counters()
            #expect(notices.messages == [Self.missing])
        }
    }

    @Test("a port that is taken there is an error at once")
    func portInUse() async throws {
        try await RunningServer.run(listeners: [try Self.elsewhere()]) { running in
            let second = ListenerSettings(address: running.address)
            let error = await #expect(throws: ListenError.self) {
                try await RunningServer.run(listeners: [second]) { _ in }
            }
            #expect(error?.description == "cannot listen on \(running.address): Address already in use")
        }
    }

    @Test("the agent-check port is waited for in the same way")
    func agentCheck() async throws {
        let notices = Notices()
        let address = try HostPort("192.0.2.1:0", allowsPortZero: true)
        try await RunningServer.run(agentCheck: address, notices: notices) { running in
            #expect(running.server.agentCheckAddress?.host == "192.0.2.1")
            _ = await running.server.counters()
            #expect(notices.messages == [Self.missing])
        }
    }

    @Test(
        "whether an address is there is looked at without a trace",
        arguments: [("127.0.0.1", true), ("127.1.2.3", true), ("192.0.2.1", false)]
    )
    func isHere(text: String, isThere: Bool) throws {
        let address = try SocketAddress(ipAddress: text, port: 9797)
        #expect(AwaitedAddress.isHere(address) == isThere)
    }
}
