// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem

/// Probes targets again and again, each a second after its last outcome, and notes every outcome in the trace.
final class ProbeRounds: ProbeObserver, TimerHandler {
    private let kernel: SimulatedKernel
    private let timeout: Duration
    private let probers: [any Prober]
    private let reaper: ProcessReaper
    private var underWay: [ProbeRunID: Int] = [:]
    private var waiting: [TimerID: Int] = [:]
    private var runs: UInt64 = 0

    /// Makes probers of TCP, HTTP and script targets in turn.
    init(_ machine: SimulatedMachine, targets: Int, timeout: Duration = .seconds(1), on loop: isolated EventLoop) {
        let reaper = ProcessReaper(spawner: machine.spawner, random: machine.kernel.random(for: "markers"))
        probers = (0..<targets).map { number in
            switch number % 3 {
            case 0: machine.tcpProber("db\(number).test:5432")
            case 1: machine.httpProber("http://web\(number).test/health", on: loop)
            default: machine.scriptProber("/check/\(number)", reaper: reaper)
            }
        }
        kernel = machine.kernel
        self.timeout = timeout
        self.reaper = reaper
    }

    /// Starts the first run of every target.
    func begin(on loop: isolated EventLoop) {
        for number in probers.indices { start(number, on: loop) }
    }

    /// Stops every prober, and notes what the loop still holds.
    func stop(on loop: isolated EventLoop) {
        for timer in waiting.keys { loop.cancel(timer) }
        for prober in probers { prober.stop(on: loop) }
        kernel.record("stopped with \(loop.budget.held) descriptors held")
    }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        guard let number = underWay.removeValue(forKey: run) else {
            preconditionFailure("an outcome of run \(run.number), which is not under way")
        }
        kernel.record("target \(number): \(outcome.verdict), \(outcome.message)")
        waiting[loop.schedule(self, at: kernel.now.advanced(by: .seconds(1)))] = number
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard let number = waiting.removeValue(forKey: timer) else { return }
        start(number, on: loop)
    }

    private func start(_ number: Int, on loop: isolated EventLoop) {
        runs += 1
        let run = ProbeRunID(runs)
        underWay[run] = number
        probers[number].start(run, deadline: kernel.now.advanced(by: timeout), for: self, on: loop)
    }
}

extension SimulatedMachine {
    /// A prober of a TCP target that is resolved and reached through this machine.
    func tcpProber(_ text: String) -> TCPProber {
        do {
            return TCPProber(TCPProbe(address: try HostPort(text)), resolver: resolver)
        } catch {
            preconditionFailure("\(text): \(error.message)")
        }
    }

    /// A prober of an HTTP target of this machine's web.
    func httpProber(_ text: String, on loop: isolated EventLoop) -> HTTPProber {
        do {
            return try HTTPProber(HTTPProbe(url: try HTTPURL(text)), over: transport, on: loop)
        } catch {
            preconditionFailure("\(text): \(error)")
        }
    }

    /// A prober of one of this machine's programs.
    func scriptProber(_ path: String, reaper: ProcessReaper) -> ScriptProber {
        guard let name = TargetName("script") else { preconditionFailure("a legal name was refused") }
        let host = ScriptHost(reaper: reaper, files: SimulatedFiles(programs: [path]), user: 0)
        return ScriptProber(target: name, probe: ScriptProbe(command: [path]), host: host)
    }
}
