// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Testing
import TransportSecurity

@Suite("The last words of a TCP dialog")
struct TCPDialogLastWordsTests {
    private let machine: SimulatedMachine
    private let kernel: ScriptedKernel

    init() {
        machine = SimulatedMachine(seed: 1, network: .always(.accepts(after: .milliseconds(1))))
        kernel = ScriptedKernel(machine.kernel)
    }

    /// A run within a second; by default a greeting is expected, and a last text sent.
    private func run(_ steps: [DialogStep] = [.expect("^220 "), .send("QUIT")]) throws -> Outcome? {
        let loop = EventLoop(kernel: kernel)
        let recorder = DialogRecorder()
        let probe = TCPProbe(address: try HostPort("10.0.0.1:25"), dialog: steps)
        loop.simulate(.seconds(10)) { [machine] loop in
            guard let prober = try? TCPDialogProber(probe, resolver: machine.resolver, files: TLSFiles()) else {
                preconditionFailure("a plain expression is refused")
            }
            let deadline = loop.now.advanced(by: .seconds(1))
            prober.start(ProbeRunID(1), deadline: deadline, for: recorder, on: loop)
        }
        #expect(machine.kernel.openDescriptors.isEmpty)
        return recorder.outcome
    }

    private func greets() {
        kernel.gives([.bytes(Array("220 mail\r\n".utf8))])
    }

    @Test("words that the kernel took have been said")
    func taken() throws {
        greets()
        let outcome = try run()
        #expect(outcome?.verdict == .healthy)
        #expect(outcome?.layer == .l7OK)
        #expect(kernel.written == ["QUIT"])
    }

    @Test("words that the kernel takes late have been said then")
    func takenLate() throws {
        greets()
        kernel.takes(.wrote(1), .wouldBlock)
        kernel.becomesWritable(after: .milliseconds(100))
        let outcome = try run()
        #expect(outcome?.verdict == .healthy)
        #expect(kernel.written == ["Q", "UIT"])
    }

    @Test("words that could not be sent have not been said", arguments: [EPIPE, ECONNRESET])
    func failed(code: CInt) throws {
        greets()
        kernel.takes(.failed(SystemError(code: code)))
        let outcome = try run()
        #expect(outcome?.verdict == .unhealthy)
        #expect(outcome?.layer == .l7Response)
        #expect(outcome?.failure?.reason == .reset)
        #expect(outcome?.message.hasPrefix("step 2: connection ") == true)
    }

    @Test("a peer that closes before it took the last words has not heard them")
    func closesUnread() throws {
        greets()
        kernel.takes(.wrote(1), .wouldBlock, .wouldBlock)
        kernel.gives([.end], after: .milliseconds(100))
        let outcome = try run()
        #expect(outcome?.verdict == .unhealthy)
        #expect(outcome?.layer == .l7Response)
        #expect(outcome?.failure?.reason == .reset)
        #expect(outcome?.message == "step 2: connection closed before all was sent")
    }

    @Test("an answer that was waited for is enough, also when the peer has not taken all that was sent before")
    func answeredEarly() throws {
        kernel.takes(.wrote(1), .wouldBlock, .wouldBlock)
        kernel.gives([.bytes(Array("503 enough\r\n".utf8))])
        let outcome = try run([.send("DATA"), .expect("^503 ")])
        #expect(outcome?.verdict == .healthy)
        #expect(outcome?.duration ?? .seconds(1) < .seconds(1))
    }

    @Test("a peer that never takes the last words has timed out, with what it left")
    func neverTakes() throws {
        greets()
        kernel.takes(.wrote(1), .wouldBlock)
        let outcome = try run()
        #expect(outcome?.failure?.reason == .timeout)
        #expect(outcome?.layer == .l7Timeout)
        #expect(outcome?.message == "step 2: the server has left 3 bytes unread after 1s")
        #expect(outcome?.duration == .seconds(1))
    }
}
