// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import SimulatedSystem
import Testing

@Suite("SimulatedTransport")
struct SimulatedTransportTests {
    @Test(
        "an exchange ends as the web says, or as a timeout at its deadline",
        arguments: [
            (SimulatedReply.answers(204, after: .milliseconds(80)), "204 after 80ms"),
            (.answers(200, after: .zero), "200 after 0ms"),
            (.answers(200, after: .seconds(3)), "timeout L7TOUT after 2s"),
            (.answers(200, after: .zero, body: "12345"), "too_large L7RSP after 0ms"),
            (.refuses(after: .milliseconds(3)), "refused L4CON after 3ms"),
            (.refuses(after: .seconds(3)), "connect_timeout L4TOUT after 2s"),
            (.hangs, "timeout L7TOUT after 2s"),
            (.drops, "connect_timeout L4TOUT after 2s"),
            (
                .fails(HTTPExchangeFailure(Failure(.tlsExpired, "expired"), at: .l6Response), after: .milliseconds(1)),
                "tls_expired L6RSP after 1ms"
            ),
        ]
    )
    func endings(_ reply: SimulatedReply, _ expected: String) throws {
        let machine = SimulatedMachine(web: .always(reply))
        let request = HTTPRequest(url: try HTTPURL("http://10.0.0.1/"), maximumBodyBytes: 4)
        machine.loop.simulate(.seconds(5)) { loop in
            ExchangeRecorder(machine, request, on: loop).start(on: loop)
        }
        #expect(machine.kernel.trace.texts.contains(expected))
        #expect(machine.transport.tally.ended == 1)
    }

    @Test("phases add up to the time that the exchange took, and a kept connection needs no handshake")
    func phases() throws {
        let machine = SimulatedMachine(web: .always(.answers(200, after: .milliseconds(80))))
        let request = HTTPRequest(url: try HTTPURL("https://web.test/"))
        machine.loop.simulate(.seconds(5)) { loop in
            let recorder = ExchangeRecorder(machine, request, on: loop)
            recorder.start(on: loop)
            loop.schedule(at: loop.now.advanced(by: .seconds(1))) { recorder.start(on: loop) }
        }
        let lines = machine.kernel.trace.texts.filter { $0.contains("connect") }
        #expect(
            lines == [
                "connect 20ms, tls 20ms, first byte 40ms, reused false",
                "connect none, tls none, first byte 80ms, reused true",
            ]
        )
        #expect(machine.kernel.openDescriptors.map(\.kind).allSatisfy { $0.hasPrefix("connection to 192.0.2.") })
        #expect(machine.kernel.openDescriptors.count == 1)
    }

    @Test("a cancelled exchange tells nobody, and a closed one leaves nothing")
    func cancel() throws {
        let machine = SimulatedMachine(web: .always(.hangs))
        let request = HTTPRequest(url: try HTTPURL("http://10.0.0.1/"))
        machine.loop.simulate(.seconds(5)) { loop in
            let recorder = ExchangeRecorder(machine, request, on: loop)
            recorder.start(on: loop)
            loop.schedule(at: loop.now.advanced(by: .seconds(1))) { recorder.exchange.close(on: loop) }
        }
        #expect(machine.transport.tally.cancelled == 1)
        #expect(machine.transport.tally.ended == 0)
        #expect(machine.leaks.isEmpty)
    }

    @Test("without a descriptor the failure is ours")
    func noDescriptor() throws {
        let machine = SimulatedMachine(descriptorLimit: 0)
        let request = HTTPRequest(url: try HTTPURL("http://10.0.0.1/"))
        machine.loop.simulate(.seconds(5)) { loop in
            ExchangeRecorder(machine, request, on: loop).start(on: loop)
        }
        #expect(machine.kernel.trace.texts.contains("internal L4CON after 0ms"))
    }

    @Test("two exchanges of one request at once end the test")
    func overlap() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let machine = SimulatedMachine(web: .always(.hangs))
            let request = HTTPRequest(url: try HTTPURL("http://10.0.0.1/"))
            machine.loop.simulate(.seconds(5)) { loop in
                let recorder = ExchangeRecorder(machine, request, on: loop)
                recorder.start(on: loop)
                recorder.start(on: loop)
            }
        }
        #expect(result.said("two exchanges of http://10.0.0.1/ at once"))
    }
}

/// Starts exchanges of one request with a deadline of 2 s, and notes how they ended.
private final class ExchangeRecorder: HTTPExchangeObserver {
    let exchange: any HTTPExchange
    private let kernel: SimulatedKernel
    private var startedAt = SimulatedKernel.start

    init(_ machine: SimulatedMachine, _ request: HTTPRequest, on loop: isolated EventLoop) {
        exchange = machine.transport.prepare(request, on: loop)
        kernel = machine.kernel
    }

    func start(on loop: isolated EventLoop) {
        startedAt = kernel.now
        exchange.start(deadline: kernel.now.advanced(by: .seconds(2)), token: 1, for: self, on: loop)
    }

    func exchanged(_ result: HTTPExchangeResult, token: UInt64, on loop: isolated EventLoop) {
        let (phases, time) = (result.phases, startedAt.duration(to: kernel.now).readable)
        if let failure = result.failure {
            kernel.record("\(failure.failure.reason.rawValue) \(failure.layer.rawValue) after \(time)")
        } else if let answer = result.answer {
            kernel.record("\(answer.status) after \(time)")
        }
        let lengths = [phases.connect, phases.tls, phases.firstByte].map { $0?.readable ?? "none" }
        kernel.record(
            "connect \(lengths[0]), tls \(lengths[1]), first byte \(lengths[2]), reused \(result.isReused)"
        )
    }
}
