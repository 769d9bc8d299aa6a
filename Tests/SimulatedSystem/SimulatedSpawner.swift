// SPDX-License-Identifier: Apache-2.0

import HealthModel
package import LinuxRuntime
import Synchronization

/// Runs programs that exist only as a rule, as children of an agent that takes over orphans.
///
/// The three descriptors of a run are the simulated kernel's and become readable like pipes and a pidfd. A signal to a process
/// that is reaped already is a programmer error, because on Linux it might hit a stranger.
package final class SimulatedSpawner: ProcessSpawner {
    private struct State {
        var processes = ProcessTable()
        var random: SimulationRandom
    }

    private let kernel: SimulatedKernel
    private let programs: SimulatedPrograms
    private let state: Mutex<State>

    /// - Parameters:
    ///   - kernel: gives the seed, the clock and the descriptors, and takes the trace.
    ///   - programs: how runs go.
    package init(_ kernel: SimulatedKernel, programs: SimulatedPrograms) {
        self.kernel = kernel
        self.programs = programs
        state = Mutex(State(random: kernel.random(for: "programs")))
    }

    /// Every process that is not reaped, running or not; empty when nothing is left.
    package var processes: [ProcessID] { state.withLock { $0.processes.all.map(\.id) } }

    package func spawn(_ program: Program) throws(SpawnFailure) -> SpawnedProcess {
        let behaviour = behaviour(of: program.path)
        if let failure = behaviour.failure {
            kernel.record("\(program.path) cannot be started: \(failure.error.text)")
            throw failure
        }
        let id = state.withLock(\.processes.nextID)
        let descriptors = try openDescriptors(for: id)
        let ticks = UInt64(kernel.now.nanoseconds / 10_000_000)
        state.withLock { state in
            _ = state.processes.add(behaviour, descriptors, marker: Self.marker(in: program), startTime: ticks)
        }
        kernel.record("\(program.path) starts as \(id)")
        begin(id, behaviour, descriptors)
        return SpawnedProcess(
            id: id,
            exitDescriptor: descriptors.exit.number,
            outputDescriptor: descriptors.output.number,
            errorDescriptor: descriptors.errorOutput.number
        )
    }

    package func send(_ signal: ProcessSignal, toGroupOf leader: ProcessID) {
        let members = state.withLock { state in
            precondition(state.processes[leader] != nil, "a signal to the group of \(leader), which is reaped")
            return state.processes.all.filter { $0.group == leader && $0.exit == nil }
        }
        for member in members { deliver(signal, to: member) }
    }

    package func kill(_ child: ProcessID) {
        guard let entry = state.withLock({ $0.processes[child] }), entry.parent == ProcessTable.agent else {
            preconditionFailure("SIGKILL to \(child), which is no child or reaped")
        }
        deliver(.kill, to: entry)
    }

    package func hasEnded(_ child: ProcessID) -> Bool {
        state.withLock { $0.processes[child]?.exit != nil }
    }

    package func reap(_ child: ProcessID) -> ProcessExit? {
        let exit = state.withLock { $0.processes.reap(child) }
        if exit != nil { kernel.record("\(child) reaped") }
        return exit
    }

    package func orphans() -> [ProcessID] {
        state.withLock { state in
            state.processes.all.filter { $0.parent == ProcessTable.agent && $0.id != $0.program }.map(\.id)
        }
    }

    package func children(of parent: ProcessID) -> [ProcessID] {
        state.withLock { state in state.processes.all.filter { $0.parent == parent }.map(\.id) }
    }

    package func facts(of process: ProcessID) -> ProcessFacts? {
        state.withLock(\.processes)[process].map { entry in
            ProcessFacts(
                identity: ProcessIdentity(id: process, startTime: entry.startTime),
                parent: entry.parent.number,
                session: entry.group.number,
                isZombie: entry.exit != nil,
                marker: entry.marker
            )
        }
    }

    /// Asks the rule, without the lock: it is foreign code.
    private func behaviour(of path: String) -> SimulatedProgram {
        var random = state.withLock(\.random)
        let program = programs.program(at: path, kernel.now, &random)
        state.withLock { [random] in $0.random = random }
        return program
    }

    private func openDescriptors(for id: ProcessID) throws(SpawnFailure) -> ProcessTable.Descriptors {
        var opened: [DescriptorHandle] = []
        do throws(SystemError) {
            for kind in [.exit(id), .pipe(name: "output of \(id)"), .pipe(name: "errors of \(id)")]
                as [SimulatedDescriptor.Kind]
            {
                opened.append(try kernel.open(kind))
            }
        } catch {
            for handle in opened { kernel.close(handle.number) }
            throw SpawnFailure(.ours, error)
        }
        return ProcessTable.Descriptors(exit: opened[0], output: opened[1], errorOutput: opened[2])
    }

    private func begin(_ id: ProcessID, _ behaviour: SimulatedProgram, _ descriptors: ProcessTable.Descriptors) {
        guard let runtime = behaviour.runtime else { return write(behaviour, to: descriptors) }
        kernel.after(runtime) { [weak self] in
            guard let self, !hasEnded(id), state.withLock({ $0.processes[id] }) != nil else { return }
            write(behaviour, to: descriptors)
            end(id, with: behaviour.exit)
        }
    }

    private func write(_ behaviour: SimulatedProgram, to descriptors: ProcessTable.Descriptors) {
        let texts = [(descriptors.output, behaviour.output), (descriptors.errorOutput, behaviour.errorOutput)]
        for (handle, text) in texts where !text.isEmpty { kernel.change(handle) { $0.bytes += Array(text.utf8) } }
    }

    private func deliver(_ signal: ProcessSignal, to process: ProcessTable.Entry) {
        kernel.record("\(process.id) gets \(signal == .kill ? "SIGKILL" : "SIGTERM")")
        switch signal {
        case .terminate where process.behaviour.ignoresTerminate: return
        case .terminate: end(process.id, with: .signal(15), after: process.behaviour.terminateDelay)
        case .kill: end(process.id, with: .signal(9), after: process.behaviour.killDelay)
        }
    }

    private func end(_ process: ProcessID, with exit: ProcessExit, after delay: Duration) {
        guard delay > .zero else { return end(process, with: exit) }
        kernel.after(delay) { [weak self] in self?.end(process, with: exit) }
    }

    private func end(_ process: ProcessID, with exit: ProcessExit) {
        guard let (entry, isLast) = state.withLock({ $0.processes.end(process, with: exit) }) else { return }
        kernel.record("\(process) ends with \(Self.text(exit))")
        if entry.id == entry.program { kernel.change(entry.descriptors.exit) { $0.hasEnded = true } }
        guard isLast else { return }
        for pipe in [entry.descriptors.output, entry.descriptors.errorOutput] {
            kernel.change(pipe) { $0.hasEnded = true }
        }
    }

    private static func marker(in program: Program) -> RunMarker? {
        let prefix = RunMarker.variable + "="
        guard let variable = program.environment.last(where: { $0.hasPrefix(prefix) }) else { return nil }
        return RunMarker(text: String(variable.dropFirst(prefix.count)))
    }

    private static func text(_ exit: ProcessExit) -> String {
        switch exit {
        case .code(let code): "code \(code)"
        case .signal(let number): "signal \(number)"
        case .unknown: "an unknown end"
        }
    }
}
