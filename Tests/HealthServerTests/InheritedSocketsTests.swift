// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import NIOCore
import Testing

@testable import HealthServer

@Suite("Inherited sockets")
struct InheritedSocketsTests {
    /// A stream socket on a port of the kernel's choice.
    private static func socket(listening: Bool = true, type: __socket_type = SOCK_STREAM) -> CInt {
        let descriptor = Glibc.socket(AF_INET, CInt(type.rawValue), 0)
        let address = try? SocketAddress(ipAddress: "127.0.0.1", port: 0)
        let result = address?.withSockAddr { bind(descriptor, $0, socklen_t($1)) }
        precondition(result == 0, "cannot bind: errno \(errno)")
        if listening { precondition(listen(descriptor, 8) == 0, "cannot listen: errno \(errno)") }
        return descriptor
    }

    private static func reason(_ descriptor: CInt) -> String? {
        do throws(ListenError) {
            _ = try AdoptedSocket(descriptor, as: .inherited(name: nil))
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("a listening socket is served, close-on-exec and non-blocking")
    func served() async throws {
        let descriptor = Self.socket()
        let inherited = InheritedSockets([.init(descriptor: descriptor, name: "status")])
        let settings = ListenerSettings(address: .inherited(name: "status"))
        try await RunningServer.run(listeners: [settings], inherited: inherited) { running in
            #expect(running.address.description.hasPrefix("127.0.0.1:"))
            #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
            #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
            let alive = try running.get("/livez")
            #expect(alive.code == 200)
            let metrics = try running.get("/metrics")
            #expect(metrics.code == 200, "its real address is a loopback one")
            #expect(inherited.unused.isEmpty)
        }
    }

    @Test("a unix socket that was passed keeps its file")
    func unix() async throws {
        let path = try ListeningTests.freshPath()
        let listener = try UnixListener(path: path, mode: 0o660, backlog: 8)
        let inherited = InheritedSockets([.init(descriptor: listener.descriptor, name: "unknown")])
        let settings = ListenerSettings(address: .inherited(name: nil))
        try await RunningServer.run(listeners: [settings], inherited: inherited) { running in
            #expect(running.address == .unix(path: path))
            let alive = try running.get("/livez")
            #expect(alive.code == 200)
        }
        #expect(access(path, F_OK) == 0)
        unlink(path)
    }

    @Test("what is no listening stream socket is refused by its nature")
    func refused() {
        let idle = Self.socket(listening: false)
        let datagrams = Self.socket(listening: false, type: SOCK_DGRAM)
        let file = open("/dev/null", O_RDONLY)
        defer { for descriptor in [idle, datagrams, file] { close(descriptor) } }
        #expect(Self.reason(idle) == "descriptor \(idle) does not listen")
        #expect(Self.reason(datagrams) == "descriptor \(datagrams) is not a stream socket")
        #expect(Self.reason(file) == "descriptor \(file) is not a socket")
        #expect(Self.reason(-1) == "descriptor -1 cannot be used: Bad file descriptor")
    }

    @Test("sockets are taken by name, or in order, and each once")
    func taking() throws {
        let descriptors = [Self.socket(), Self.socket(), Self.socket()]
        defer { for descriptor in descriptors { close(descriptor) } }
        let names = ["a", "b", "c"]
        let inherited = InheritedSockets(zip(descriptors, names).map { .init(descriptor: $0, name: $1) })
        #expect(try inherited.take(name: "b").descriptor == descriptors[1])
        #expect(try inherited.take(name: nil).descriptor == descriptors[0])
        let again = #expect(throws: ListenError.self) { _ = try inherited.take(name: "b") }
        #expect(again?.description.contains("cannot listen on systemd:b: no socket of this name was passed") == true)
        #expect(try inherited.take(name: nil).descriptor == descriptors[2])
        let none = #expect(throws: ListenError.self) { _ = try inherited.take(name: nil) }
        #expect(none?.description.contains("cannot listen on systemd: no socket was passed for it") == true)
    }

    @Test("the environment says which descriptors were passed, and to whom")
    func environment() {
        let first = Self.socket()
        defer { close(first) }
        func sockets(_ variables: [String: String]) -> [String] {
            InheritedSockets(environment: { variables[$0] }, processID: 42, firstDescriptor: first).unused
                .map { "\($0.descriptor - first) \($0.name)" }
        }
        #expect(sockets([:]) == [])
        #expect(sockets(["LISTEN_PID": "42", "LISTEN_FDS": "1"]) == ["0 unknown"])
        #expect(
            sockets(["LISTEN_PID": "42", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "status:admin"]) == [
                "0 status", "1 admin",
            ]
        )
        #expect(fcntl(first, F_GETFD) & FD_CLOEXEC != 0)
        #expect(sockets(["LISTEN_PID": "43", "LISTEN_FDS": "1"]) == [])
        for count in ["0", "-1", "x", "", "99999999999"] {
            #expect(sockets(["LISTEN_PID": "42", "LISTEN_FDS": count]) == [])
        }
    }
}
