// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import Testing

@testable import HealthServer

@Suite("Listening")
struct ListeningTests {
    static let plain = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("an address in use is a clear error, and what was bound before it is released")
    func addressInUse() async throws {
        try await RunningServer.run { running in
            let clock = running.clock
            let path = try Self.freshPath()
            let unix = ListenerSettings(address: .unix(path: path))
            let second = HealthServer(
                HealthServerConfiguration(
                    listeners: [unix, ListenerSettings(address: running.address)],
                    agentName: "a",
                    agentVersion: "1"
                ),
                clock: { clock.now },
                wallClock: { clock.wallTime }
            )
            let error = await #expect(throws: ListenError.self) { try await second.start() }
            #expect(error?.description == "cannot listen on \(running.address): Address already in use")
            #expect(error?.code == EADDRINUSE)
            #expect(access(path, F_OK) != 0, "the unix socket's file is gone")
            let alive = try running.get("/livez")
            #expect(alive.code == 200)
        }
    }

    @Test("several listeners answer each by its own settings, and port 0 becomes a real one")
    func severalListeners() async throws {
        let path = try Self.freshPath()
        let listeners = [
            try RunningServer.anyPort(),
            try RunningServer.anyPort(503, detail: .off),
            try RunningServer.anyPort(429),
            ListenerSettings(address: .unix(path: path)),
        ]
        try await RunningServer.run(listeners: listeners) { running in
            await running.publish(Snapshots.degraded(clock: running.clock))
            #expect(running.addresses.count == 4)
            #expect(!running.addresses.contains(listeners[0].address))
            let codes = try (0..<4).map { try running.get("/readyz", listener: $0).code }
            #expect(codes == [200, 503, 429, 200])
            let bodies = try [1, 3].map { try running.get("/health", listener: $0).body }
            #expect(!bodies[0].contains("db"))
            #expect(bodies[1].contains("db"))
        }
    }

    @Test("an IPv6 listener has its real port, and counts as local", .enabled(if: hasIPv6))
    func ipv6() async throws {
        let settings = ListenerSettings(address: .tcp(try HostPort("[::1]:0", allowsPortZero: true)))
        try await RunningServer.run(listeners: [settings]) { running in
            #expect(running.address.description.hasPrefix("[::1]:"))
            #expect(running.address != settings.address)
            #expect(running.address.isLocal)
        }
    }

    static var hasIPv6: Bool { access("/proc/net/if_inet6", R_OK) == 0 }

    @Test("a name that cannot be resolved, and a path that cannot be had, are clear errors")
    func unusable() async throws {
        let clock = StillClock()
        func error(_ address: ListenAddress) async -> ListenError? {
            let server = HealthServer(
                HealthServerConfiguration(
                    listeners: [ListenerSettings(address: address)],
                    agentName: "a",
                    agentVersion: "1"
                ),
                clock: { clock.now },
                wallClock: { clock.wallTime }
            )
            return await #expect(throws: ListenError.self) { try await server.start() }
        }
        let unknown = await error(.tcp(try HostPort("no-such-host.invalid:9797")))
        #expect(unknown?.description == "cannot listen on no-such-host.invalid:9797: the host name cannot be resolved")
        let deep = await error(.unix(path: "/no/such/folder/socket"))
        #expect(deep?.description == "cannot listen on unix:/no/such/folder/socket: No such file or directory")
        let long = await error(.unix(path: "/tmp/" + String(repeating: "a", count: 120)))
        #expect(long?.reason == "the path is longer than 107 bytes")
    }

    @Test("a unix socket has mode 0660 and its file goes with the server")
    func unixSocket() async throws {
        let path = try Self.freshPath()
        try await RunningServer.run(listeners: [ListenerSettings(address: .unix(path: path))]) { running in
            #expect(Self.status(path)?.st_mode == S_IFSOCK | 0o660)
            let alive = try running.get("/livez")
            #expect(alive.code == 200)
        }
        #expect(Self.status(path) == nil)
    }

    @Test("a left-over socket file is replaced")
    func leftOver() async throws {
        let path = try Self.freshPath()
        try Self.leaveSocket(at: path)
        try await RunningServer.run(listeners: [ListenerSettings(address: .unix(path: path))]) { running in
            let alive = try running.get("/livez")
            #expect(alive.code == 200)
        }
    }

    @Test("a socket somebody answers on, or a file that is none, stays untouched")
    func notLeftOver() async throws {
        let path = try Self.freshPath()
        let settings = ListenerSettings(address: .unix(path: path))
        try await RunningServer.run(listeners: [settings]) { running in
            let error = await #expect(throws: ListenError.self) {
                try await RunningServer.run(listeners: [settings]) { _ in }
            }
            #expect(error?.description == "cannot listen on unix:\(path): Address already in use")
            let alive = try running.get("/livez")
            #expect(alive.code == 200)
        }
        let file = open(path, O_CREAT | O_WRONLY, 0o600)
        close(file)
        let error = await #expect(throws: ListenError.self) {
            try await RunningServer.run(listeners: [settings]) { _ in }
        }
        #expect(error?.description == "cannot listen on unix:\(path): the path exists and is not a socket")
        #expect(unlink(path) == 0, "the file is still there")
    }

    @Test("a socket file that somebody else put in place is not removed at the end")
    func replacedFile() async throws {
        let path = try Self.freshPath()
        try await RunningServer.run(listeners: [ListenerSettings(address: .unix(path: path))]) { _ in
            unlink(path)
            try Self.leaveSocket(at: path)
        }
        #expect(Self.status(path) != nil)
        unlink(path)
    }

    /// A path nothing exists at.
    static func freshPath() throws -> String {
        var template = Array("/tmp/bellwether-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw RawClient.Failure(description: "no temporary folder") }
        return String(decoding: template.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self) + "/socket"
    }

    /// A socket file that nobody listens on, as a killed agent leaves it.
    static func leaveSocket(at path: String) throws {
        let listener = try UnixListener(path: path, mode: 0o660, backlog: 1)
        close(listener.descriptor)
    }

    static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }
}
