// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Probers
import Testing
import TransportSecurity

/// Every kind that connects asks the loop's rules; against servers that must not see anything.
@Suite("Denied addresses and sources")
struct DeniedAddressTests {
    /// One run of a probe of 127.0.0.1 under rules that deny it.
    private static func denied(_ prober: @Sendable (isolated EventLoop) throws -> any Prober) async throws -> Outcome {
        try await withLoop { loop in
            loop.addressRules = AddressRules(denied: [try AddressBlock("127.0.0.0/8")])
            let prober = try prober(loop)
            let outcome = await prober.run(1, on: loop)
            prober.stop(on: loop)
            #expect(loop.budget.held == 0)
            return outcome
        }
    }

    private static func check(_ outcome: Outcome) {
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.layer == .l4Connection)
        #expect(outcome.failure?.reason == .unreachable)
        #expect(outcome.message.hasSuffix(" is denied by addresses.deny"))
    }

    @Test("D4: tcp, with and without a dialog, websocket and grpc connect to no denied address")
    func streams() async throws {
        let server = ByteServer(.readSomething)
        defer { server.stop() }
        let address = try HostPort("127.0.0.1:\(server.port)")
        Self.check(
            try await Self.denied { loop in TCPProber(TCPProbe(address: address), resolver: Nobody()) }
        )
        Self.check(
            try await Self.denied { loop in
                let probe = TCPProbe(address: address, dialog: [.send(DialogText("x"))])
                return try TCPDialogProber(probe, resolver: Nobody(), files: TLSFiles())
            }
        )
        Self.check(
            try await Self.denied { loop in
                let probe = WebSocketProbe(url: try WebSocketURL("ws://\(address)/"))
                return try WebSocketProber(probe, resolver: Nobody(), files: TLSFiles())
            }
        )
        Self.check(
            try await Self.denied { loop in
                GRPCProber(GRPCProbe(address: address), over: HTTPClient(over: .sockets, on: loop).transport, on: loop)
            }
        )
        #expect(server.accepted == 0)
    }

    @Test("D4: udp, icmp and dns send nothing to a denied address")
    func datagrams() async throws {
        let server = PacketServer { _ in [[1]] }
        defer { server.stop() }
        let address = try HostPort("127.0.0.1:\(server.port)")
        Self.check(
            try await Self.denied { loop in
                try UDPProber(UDPProbe(address: address, send: "x", expect: "."), resolver: Nobody())
            }
        )
        Self.check(try await Self.denied { loop in ICMPProber(ICMPProbe(host: "127.0.0.1"), resolver: Nobody()) })
        for transport in [DNSTransport.udp, .tcp] {
            Self.check(
                try await Self.denied { loop in
                    let name = try DNSName("www.test")
                    let probe = DNSProbe(name: name, server: address, transport: transport)
                    return try DNSProber(
                        probe,
                        resolver: Nobody(),
                        configuration: ResolverConfiguration(files: SystemFiles())
                    )
                }
            )
        }
    }

    @Test("tcp connects from the source that is given, and to the address that is given")
    func choice() async throws {
        let server = ByteServer(.send("220 ready\r\n"), .silence)
        defer { server.stop() }
        let choice = AddressChoice(resolve: IPAddress("127.0.0.1"), source: IPAddress("127.0.0.5"))
        let address = try HostPort("target.test:\(server.port)")
        // With a dialog, because a program hears nothing of a connection that is only tried.
        let probe = TCPProbe(address: address, dialog: [.expect(DialogText("^220"))], addresses: choice)
        try await withLoop { loop in
            let prober = try TCPDialogProber(probe, resolver: Nobody(), files: TLSFiles())
            let outcome = await prober.run(1, on: loop)
            #expect(outcome.verdict == .healthy)
            #expect(outcome.address == "127.0.0.1:\(server.port)")
            prober.stop(on: loop)
        }
        #expect(server.peers == ["127.0.0.5"])
    }

    @Test("a source that this machine does not have is our own trouble")
    func foreignSource() async throws {
        let choice = AddressChoice(source: IPAddress("192.0.2.7"))
        let probe = TCPProbe(address: try HostPort("127.0.0.1:9"), addresses: choice)
        try await withLoop { loop in
            let prober = TCPProber(probe, resolver: Nobody())
            let outcome = await prober.run(1, on: loop)
            #expect(outcome.verdict == .unknown)
            let cause = "could not be tried from 192.0.2.7: cannot assign requested address"
            #expect(outcome.message == "127.0.0.1:9 \(cause)")
            prober.stop(on: loop)
            #expect(loop.budget.held == 0)
        }
    }

    @Test("a name without an address of the family fails as dns")
    func family() async throws {
        let probe = TCPProbe(address: try HostPort("target.test:9"), addresses: AddressChoice(family: .ipv6))
        try await withLoop { loop in
            let names = ["target.test": ResolutionAnswer.addresses([SocketAddress(bytes: [127, 0, 0, 1], port: 9)])]
            let prober = TCPProber(probe, resolver: HTTPClient(names: names, on: loop).resolver)
            let outcome = await prober.run(1, on: loop)
            #expect(outcome.failure?.reason == .dns)
            #expect(outcome.message == "cannot resolve target.test: it has no ipv6 address")
            prober.stop(on: loop)
        }
    }
}

/// Nothing here needs a look-up.
private final class Nobody: Resolver {
    func resolve(
        _ host: String,
        port: UInt16,
        token: UInt64,
        for observer: any ResolutionObserver,
        on loop: isolated EventLoop
    ) {
        Issue.record("\(host) is looked up")
    }
}
