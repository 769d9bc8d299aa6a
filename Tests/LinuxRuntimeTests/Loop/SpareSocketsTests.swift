// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import Synchronization
import Testing

@testable import LinuxRuntime

@Suite("SpareSockets")
struct SpareSocketsTests {
    private static func address(_ text: String, port: UInt16 = 80) throws -> SocketAddress {
        try #require(SocketAddress(numeric: text, port: port))
    }

    @Test("a socket is taken for the family that it was kept for, the last one first")
    func families() throws {
        var spares = SpareSockets()
        try spares.keep(5, for: Self.address("192.0.2.1"))
        try spares.keep(6, for: Self.address("192.0.2.2"))
        try spares.keep(7, for: Self.address("2001:db8::1"))
        spares.reset { _ in true }
        #expect(try spares.take(for: Self.address("192.0.2.9")) == 6)
        #expect(try spares.take(for: Self.address("2001:db8::9")) == 7)
        #expect(try spares.take(for: Self.address("2001:db8::9")) == nil)
        #expect(spares.descriptors == [5])
    }

    @Test("a socket is not taken before its connection is reset, once")
    func connected() throws {
        let address = try Self.address("192.0.2.1")
        var spares = SpareSockets()
        spares.keep(5, for: address)
        spares.keep(6, for: address)
        #expect(spares.take(for: address) == nil)
        var reset: [CInt] = []
        spares.reset { descriptor in
            reset.append(descriptor)
            return true
        }
        spares.keep(7, for: address)
        #expect(spares.take(for: address) == 6)
        spares.reset { descriptor in
            reset.append(descriptor)
            return true
        }
        #expect(reset == [5, 6, 7])
        #expect(spares.take(for: address) == 7)
        #expect(spares.descriptors == [5])
    }

    @Test("a socket that cannot be connected anew is not kept")
    func single() throws {
        let address = try Self.address("192.0.2.1")
        var spares = SpareSockets()
        for descriptor in CInt(5)...8 { spares.keep(descriptor, for: address) }
        spares.reset { $0 % 2 == 0 }
        #expect(spares.descriptors == [6, 8])
    }

    @Test("there is room for a bounded number of them")
    func room() throws {
        var spares = SpareSockets()
        for descriptor in 0..<CInt(SpareSockets.capacity) {
            #expect(spares.hasRoom)
            try spares.keep(descriptor, for: Self.address("192.0.2.1"))
        }
        #expect(!spares.hasRoom)
    }

    @Test("a kernel that cannot disconnect closes the socket with a reset")
    func withoutDisconnect() async throws {
        let kernel = ManualKernel()
        let address = try Self.address("192.0.2.1")
        await turn(kernel) { loop in
            try? loop.watch(5, Witness("first"))
            loop.reset(5, connectedTo: address)
        }
        #expect(kernel.calls == ["watch 5", "reset 5", "close 5"])
    }

    @Test("what is reported late of a connection does not reach the next one of the same socket")
    func lateEvent() async throws {
        let kernel = ManualKernel(disconnects: true)
        let address = try Self.address("192.0.2.1")
        let seen = Journal()
        await turn(kernel) { loop in
            try? loop.watch(5, Witness("before", seen))
            loop.reset(5, connectedTo: address)
            let neighbour = Reaction { loop in
                seen.add("neighbour")
                guard let again = try? loop.openStream(for: address) else { return seen.add("no socket") }
                try? loop.watch(again, Witness("after, on \(again)", seen))
                kernel.report(again, .writable)
            }
            try? loop.watch(4, neighbour)
            kernel.report(4)
            kernel.report(5, .hangUp)
        }
        #expect(seen.all == ["neighbour", "after, on 5"])
        #expect(kernel.calls == ["watch 5", "watch 4", "disconnect 5"])
    }

    @Test("connections that end in one turn are reset together, after all were told what is ready")
    func together() async throws {
        let kernel = ManualKernel(disconnects: true)
        let address = try Self.address("192.0.2.1")
        let seen = Journal()
        await turn(kernel) { loop in
            for descriptor in CInt(5)...7 {
                let ender = Reaction { loop in
                    loop.reset(descriptor, connectedTo: address)
                    seen.add("\(descriptor) after \(kernel.calls.count) calls")
                }
                try? loop.watch(descriptor, ender)
                kernel.report(descriptor)
            }
        }
        #expect(seen.all == ["5 after 3 calls", "6 after 3 calls", "7 after 3 calls"])
        #expect(kernel.calls.dropFirst(3).prefix(3) == ["disconnect 5", "disconnect 6", "disconnect 7"])
    }

    @Test("a connection that ends in a loop's last turn is reset, too")
    func lastTurn() async throws {
        let kernel = ManualKernel(disconnects: true)
        let address = try Self.address("192.0.2.1")
        await turn(kernel) { loop in
            try? loop.watch(5, Witness("first"))
            // Timers come last in a turn.
            let end = Reaction { loop in
                loop.reset(5, connectedTo: address)
                loop.stop()
            }
            _ = loop.schedule(end, at: loop.now)
        }
        #expect(kernel.calls == ["watch 5", "disconnect 5", "close 5"])
    }

    @Test("what is reported of a socket that waits reaches nobody")
    func waiting() async throws {
        let kernel = ManualKernel(disconnects: true)
        let address = try Self.address("192.0.2.1")
        let seen = Journal()
        await turn(kernel) { loop in
            try? loop.watch(5, Witness("before", seen))
            loop.reset(5, connectedTo: address)
            kernel.report(5, .hangUp)
        }
        #expect(seen.all.isEmpty)
    }

    @Test("a socket that was closed after it was kept is watched anew when its number comes again")
    func closedAfterwards() async throws {
        let kernel = ManualKernel(disconnects: true)
        let address = try Self.address("192.0.2.1")
        await turn(kernel) { loop in
            try? loop.watch(5, Witness("first"))
            loop.reset(5, connectedTo: address)
            loop.resetConnections()
            guard let spare = try? loop.openStream(for: address) else { return }
            loop.close(spare)
            try? loop.watch(5, Witness("second"))
        }
        #expect(kernel.calls == ["watch 5", "disconnect 5", "close 5", "watch 5"])
    }

    @Test("a loop that ends closes the sockets that it kept")
    func end() async throws {
        let kernel = ManualKernel(disconnects: true)
        let address = try Self.address("192.0.2.1")
        await turn(kernel) { loop in
            try? loop.watch(5, Witness("first"))
            loop.reset(5, connectedTo: address)
        }
        #expect(kernel.calls == ["watch 5", "disconnect 5", "close 5"])
    }

    @Test("one socket connects again and again, and each peer sees a reset", arguments: ["127.0.0.1", "::1"])
    func reconnection(host: String) throws {
        let listener = try ListeningSocket(host)
        let kernel = try SystemKernel()
        let address = try Self.address(host, port: listener.port)
        let socket = try kernel.openStream(for: address)
        defer { kernel.close(socket) }
        try kernel.watch(socket, token: 1)
        var ports: Set<UInt16> = []
        for _ in 1...3 {
            _ = try kernel.connect(socket, to: address)
            // It is watched all the time, and nothing is reported any more of the connection before.
            let events = kernel.events(of: socket)
            #expect(!events.isEmpty)
            #expect(events.allSatisfy { $0.token == 1 && $0.events.isWritable && !$0.events.tellsEnd })
            let peer = try listener.accept()
            ports.insert(peer.port)
            #expect(kernel.write(socket, [1, 2, 3]) == .wrote(3))
            #expect(kernel.disconnect(socket))
            #expect(peer.endsWithReset())
        }
        #expect(ports.count > 1)
    }

    /// Lets `body` happen on a loop, which then takes its turns for a while and ends.
    private func turn(_ kernel: ManualKernel, _ body: @escaping @Sendable (isolated EventLoop) -> Void) async {
        let loop = EventLoop(kernel: kernel)
        let end = kernel.now.advanced(by: .seconds(1))
        let task = Task { await loop.perform(body) }
        await kernel.waitForWakeUp()
        loop.run(until: end)
        await task.value
    }
}

extension EventLoop {
    fileprivate func perform(_ body: @Sendable (isolated EventLoop) -> Void) { body(self) }
}

extension SystemKernel {
    /// What is reported of a socket, waited for at most ten seconds.
    fileprivate func events(of descriptor: CInt) -> [Readiness] {
        var ready: [Readiness] = []
        wait(timeout: .seconds(10), ready: &ready)
        return ready
    }
}

/// Writes down that it was told of its descriptor.
private final class Witness: DescriptorHandler {
    private let name: String
    private let seen: Journal?

    init(_ name: String, _ seen: Journal? = nil) {
        self.name = name
        self.seen = seen
    }

    func ready(_ descriptor: CInt, _ events: Readiness.Events, on loop: isolated EventLoop) {
        seen?.add(name)
    }
}

/// Does what it is given when its descriptor is ready, or its time has come.
private final class Reaction: DescriptorHandler, TimerHandler {
    private let react: @Sendable (isolated EventLoop) -> Void

    init(_ react: @escaping @Sendable (isolated EventLoop) -> Void) {
        self.react = react
    }

    func ready(_ descriptor: CInt, _ events: Readiness.Events, on loop: isolated EventLoop) {
        react(loop)
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        react(loop)
    }
}
