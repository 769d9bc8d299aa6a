// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Synchronization

/// Processes as Linux treats them, without any: a killed one becomes a zombie, and its children become ours.
final class SimulatedProcesses: ProcessSpawner {
    struct Process {
        var parent: Int32
        var session: Int32
        var startTime: UInt64
        var marker: RunMarker?
        var hasNoNewPrivileges = true
        var isKillable = true
        var isZombie = false
        var exit = ProcessExit.code(0)
    }

    fileprivate struct State {
        var processes: [Int32: Process] = [:]
        var programs: Set<Int32> = []
        var nextNumber: Int32 = 100
        var time: UInt64 = 0
    }

    /// The number of the process that plays the agent.
    static let agent: Int32 = 1
    private let state = Mutex(State())

    /// Everything but the agent, zombies included.
    var all: [Int32: Process] { state.withLock { $0.processes } }

    /// Starts a child of a process in its session; `change` makes it special.
    @discardableResult
    func fork(_ parent: Int32, _ change: (inout Process) -> Void = { _ in }) -> Int32 {
        state.withLock { state in
            let before = state.processes[parent]
            let number = state.take()
            var process = Process(
                parent: parent,
                session: before?.session ?? 0,
                startTime: state.time,
                marker: before?.marker,
                hasNoNewPrivileges: before?.hasNoNewPrivileges ?? false
            )
            change(&process)
            if process.session < 0 { process.session = number }
            state.processes[number] = process
            return number
        }
    }

    /// Ends a process, unless it cannot be killed.
    func end(_ number: Int32, _ exit: ProcessExit = .code(0)) {
        state.withLock { $0.end(number, exit) }
    }

    /// A process that waits in the kernel, or not any more.
    func setKillable(_ number: Int32, _ isKillable: Bool) {
        state.withLock { $0.processes[number]?.isKillable = isKillable }
    }

    func spawn(_ program: Program) throws(SpawnFailure) -> SpawnedProcess {
        let prefix = "\(RunMarker.variable)="
        let text = program.environment.first { $0.hasPrefix(prefix) }?.dropFirst(prefix.count)
        let number = fork(Self.agent) { process in
            process.session = -1
            process.hasNoNewPrivileges = true
            process.marker = text.map { RunMarker(text: String($0)) }
        }
        state.withLock { _ = $0.programs.insert(number) }
        return SpawnedProcess(id: ProcessID(number), exitDescriptor: -1, outputDescriptor: -1, errorDescriptor: -1)
    }

    func send(_ signal: ProcessSignal, toGroupOf leader: ProcessID) {
        guard signal == .kill else { return }
        state.withLock { state in
            for (number, process) in state.processes where process.session == leader.number {
                state.end(number, .signal(9))
            }
        }
    }

    func kill(_ child: ProcessID) {
        state.withLock { state in
            precondition(
                state.processes[child.number]?.parent == Self.agent,
                "killed \(child), which is no child of ours"
            )
            state.end(child.number, .signal(9))
        }
    }

    func hasEnded(_ child: ProcessID) -> Bool { all[child.number]?.isZombie ?? true }

    func reap(_ child: ProcessID) -> ProcessExit? {
        state.withLock { state in
            guard let process = state.processes[child.number] else { return .unknown }
            precondition(process.parent == Self.agent, "reaped \(child), which is no child of ours")
            guard process.isZombie else { return nil }
            state.processes[child.number] = nil
            state.programs.remove(child.number)
            return process.exit
        }
    }

    func orphans() -> [ProcessID] {
        state.withLock { state in
            state.children(of: Self.agent).filter { !state.programs.contains($0) }.map { ProcessID($0) }
        }
    }

    func children(of parent: ProcessID) -> [ProcessID] {
        state.withLock { $0.children(of: parent.number).map { ProcessID($0) } }
    }

    func facts(of process: ProcessID) -> ProcessFacts? {
        all[process.number].map { found in
            ProcessFacts(
                identity: ProcessIdentity(id: process, startTime: found.startTime),
                parent: found.parent,
                session: found.session,
                isZombie: found.isZombie,
                hasNoNewPrivileges: found.hasNoNewPrivileges,
                marker: found.isZombie ? nil : found.marker
            )
        }
    }
}

extension SimulatedProcesses.State {
    fileprivate mutating func take() -> Int32 {
        nextNumber += 1
        time += 1
        return nextNumber
    }

    fileprivate func children(of parent: Int32) -> [Int32] {
        processes.filter { $0.value.parent == parent }.keys.sorted()
    }

    fileprivate mutating func end(_ number: Int32, _ exit: ProcessExit) {
        guard let process = processes[number], process.isKillable, !process.isZombie else { return }
        processes[number]?.isZombie = true
        processes[number]?.exit = exit
        for child in children(of: number) { processes[child]?.parent = SimulatedProcesses.agent }
        // The parent of a process that is not ours reaps it at once.
        if process.parent != SimulatedProcesses.agent { processes[number] = nil }
    }
}
