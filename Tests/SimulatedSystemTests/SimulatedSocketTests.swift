// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import SimulatedSystem
import SocketTransport
import Testing

@Suite("SimulatedKernel: sockets")
struct SimulatedSocketTests {
    private static let address = SocketAddress(bytes: [10, 0, 0, 1], port: 80)

    @Test(
        "a connection attempt ends as the network says, when it says so",
        arguments: [
            (SimulatedConnection.accepts(after: .zero), "connected after 0ms"),
            (.accepts(after: .milliseconds(40)), "connected after 40ms"),
            (.refuses(after: .zero), "Connection refused after 0ms"),
            (.refuses(after: .milliseconds(5)), "Connection refused after 5ms"),
            (.resets(after: .milliseconds(5)), "Connection reset by peer after 5ms"),
            (.unreachable, "Network is unreachable after 0ms"),
            (.fails(EADDRNOTAVAIL), "Cannot assign requested address after 0ms"),
            (.drops, "10.0.0.1:80 did not answer within 2s after 2s"),
        ]
    )
    func outcomes(_ connection: SimulatedConnection, _ expected: String) {
        let machine = SimulatedMachine(network: .always(connection))
        #expect(machine.connect(to: Self.address, within: .seconds(2)) == expected)
        #expect(machine.leaks.isEmpty)
        #expect(machine.kernel.timeWaits == 0)
    }

    @Test("Linux itself gives up on a silent peer after 127 s")
    func patience() {
        let machine = SimulatedMachine(network: .always(.drops))
        #expect(machine.connect(to: Self.address, within: .seconds(200)) == "Connection timed out after 2m 7s")
    }

    @Test("the network may change over virtual time")
    func change() {
        let restart = SimulatedKernel.start.advanced(by: .seconds(10))
        let machine = SimulatedMachine(
            network: SimulatedNetwork { _, now, _ in now < restart ? .refuses(after: .zero) : .accepts(after: .zero) }
        )
        #expect(machine.connect(to: Self.address, within: .seconds(10)) == "Connection refused after 0ms")
        #expect(machine.connect(to: Self.address, within: .seconds(10)) == "connected after 0ms")
    }

    @Test("what is not closed is listed")
    func leak() throws {
        let machine = SimulatedMachine(network: .always(.accepts(after: .zero)))
        let descriptor = try machine.kernel.openStream(for: Self.address)
        #expect(try machine.kernel.connect(descriptor, to: Self.address))
        #expect(machine.leaks == ["descriptor 3 (socket to 10.0.0.1:80)"])
        machine.kernel.close(descriptor)
        #expect(machine.leaks.isEmpty)
        #expect(machine.kernel.timeWaits == 1)
    }

    @Test("a closed number is given out again, the lowest first")
    func lowestNumber() throws {
        let kernel = SimulatedKernel()
        let first = try kernel.openStream(for: Self.address)
        let second = try kernel.openStream(for: Self.address)
        kernel.close(first)
        #expect(try kernel.openStream(for: Self.address) == first)
        #expect(second == first + 1)
    }

    @Test("one descriptor more than the limit is EMFILE")
    func limit() throws {
        let kernel = SimulatedKernel(descriptorLimit: 1)
        _ = try kernel.openStream(for: Self.address)
        let error = #expect(throws: SystemError.self) { try kernel.openStream(for: Self.address) }
        #expect(error?.code == EMFILE)
    }

    @Test("a descriptor is reported once per change, with the state that it has then")
    func edges() throws {
        let kernel = SimulatedKernel(network: .always(.refuses(after: .seconds(1))))
        var ready: [Readiness] = []
        let descriptor = try kernel.openStream(for: Self.address)
        try kernel.watch(descriptor, token: 7)
        kernel.wait(timeout: .zero, ready: &ready)
        #expect(ready == [Readiness(token: 7, events: [.writable, .hangUp])])
        #expect(try !kernel.connect(descriptor, to: Self.address))
        kernel.wait(timeout: .seconds(9), ready: &ready)
        #expect(kernel.elapsed == .seconds(1))
        #expect(ready == [Readiness(token: 7, events: [.readable, .writable, .error, .hangUp, .peerClosed])])
        #expect(kernel.pendingError(of: descriptor)?.code == ECONNREFUSED)
        #expect(kernel.pendingError(of: descriptor) == nil)
        kernel.wait(timeout: .zero, ready: &ready)
        #expect(ready.isEmpty)
    }

    @Test("connect called again tells how the first attempt stands, as Linux does")
    func connectAgain() throws {
        let kernel = SimulatedKernel(network: .always(.accepts(after: .seconds(1))))
        let descriptor = try kernel.openStream(for: Self.address)
        #expect(try !kernel.connect(descriptor, to: Self.address))
        #expect(Self.error(of: kernel, descriptor) == EALREADY)
        var ready: [Readiness] = []
        kernel.wait(timeout: .seconds(2), ready: &ready)
        #expect(try kernel.connect(descriptor, to: Self.address))
        #expect(Self.error(of: kernel, descriptor) == EISCONN)
    }

    @Test("connect called again takes the error of an attempt that failed")
    func connectAgainAfterFailure() throws {
        let kernel = SimulatedKernel(network: .always(.refuses(after: .seconds(1))))
        let descriptor = try kernel.openStream(for: Self.address)
        #expect(try !kernel.connect(descriptor, to: Self.address))
        var ready: [Readiness] = []
        kernel.wait(timeout: .seconds(2), ready: &ready)
        #expect(Self.error(of: kernel, descriptor) == ECONNREFUSED)
        #expect(kernel.pendingError(of: descriptor) == nil)
    }

    @Test("a closed descriptor that is used ends the test")
    func useAfterClose() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let kernel = SimulatedKernel()
            let descriptor = try kernel.openStream(for: SocketAddress(bytes: [10, 0, 0, 1], port: 80))
            kernel.close(descriptor)
            _ = kernel.read(descriptor, limit: 1)
        }
        #expect(result.said("read of descriptor 3, which is not open"))
    }

    private static func error(of kernel: SimulatedKernel, _ descriptor: CInt) -> Int32? {
        do throws(SystemError) {
            _ = try kernel.connect(descriptor, to: address)
            return nil
        } catch {
            return error.code
        }
    }
}
