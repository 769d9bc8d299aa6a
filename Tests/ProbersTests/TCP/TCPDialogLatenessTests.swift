// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Testing
import TransportSecurity

@Suite("TCP dialogs on a late loop")
struct TCPDialogLatenessTests {
    private static let timeout = Duration.seconds(1)

    /// One run in which the loop stalls for `stall`, beginning `moment` after the start; the peer accepts after 10 ms and is
    /// silent.
    private func run(stall: Duration, at moment: Duration) throws -> (outcome: Outcome?, machine: SimulatedMachine) {
        let machine = SimulatedMachine(seed: 1, network: .always(.accepts(after: .milliseconds(10))))
        let loop = EventLoop(kernel: machine.kernel)
        let recorder = DialogRecorder()
        let probe = TCPProbe(address: try HostPort("10.0.0.1:80"), dialog: [.send("PING"), .expect("PONG")])
        loop.simulate(.seconds(10)) { loop in
            guard let prober = try? TCPDialogProber(probe, resolver: machine.resolver, files: TLSFiles()) else {
                preconditionFailure("a plain expression is refused")
            }
            let deadline = loop.now.advanced(by: Self.timeout)
            loop.schedule(at: loop.now.advanced(by: moment)) { machine.kernel.advance(by: stall) }
            prober.start(ProbeRunID(1), deadline: deadline, for: recorder, on: loop)
        }
        return (recorder.outcome, machine)
    }

    @Test("a peer that was never asked before the deadline, because the loop stalled, is not blamed")
    func late() throws {
        let (outcome, machine) = try run(stall: .seconds(2), at: .milliseconds(5))
        #expect(outcome?.verdict == .unknown)
        #expect(outcome?.failure?.reason == .internal)
        #expect(
            outcome?.message
                == "step 2, expect /PONG/: the agent was late and left the server 1s less than it should"
        )
        #expect(machine.kernel.openDescriptors.isEmpty)
    }

    @Test(
        "a peer that had its time is blamed, also by a loop that is late to see it",
        arguments: [Duration.zero, .seconds(2)]
    )
    func silent(stall: Duration) throws {
        let (outcome, machine) = try run(stall: stall, at: .milliseconds(900))
        #expect(outcome?.verdict == .unhealthy)
        #expect(outcome?.failure?.reason == .timeout)
        #expect(outcome?.layer == .l7Timeout)
        #expect(outcome?.message == "step 2, expect /PONG/: no answer within 1s")
        #expect(machine.kernel.openDescriptors.isEmpty)
        #expect(machine.kernel.timeWaits == 0)
    }

    @Test("a descriptor that cannot be had is our own trouble")
    func noDescriptor() throws {
        let machine = SimulatedMachine(seed: 1, network: .always(.accepts(after: .zero)))
        let loop = EventLoop(kernel: machine.kernel, descriptorLimit: 0)
        let recorder = DialogRecorder()
        let probe = TCPProbe(address: try HostPort("10.0.0.1:80"), dialog: [.expect("x")])
        loop.simulate(.seconds(2)) { loop in
            let prober = try? TCPDialogProber(probe, resolver: machine.resolver, files: TLSFiles())
            prober?.start(ProbeRunID(1), deadline: loop.now.advanced(by: Self.timeout), for: recorder, on: loop)
        }
        #expect(recorder.outcome?.failure?.reason == .internal)
    }
}
