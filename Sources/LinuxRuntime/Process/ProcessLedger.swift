// SPDX-License-Identifier: Apache-2.0

/// Knows which process belongs to which run, and decides what becomes of it.
///
/// A process that left its program's group, and whose parent ended, becomes a child of ours. It was seen below its program, or
/// names its run in its environment, or is in its program's session. One that tells nothing belongs to one of the runs that
/// were known when it was first seen, and is spared until all of those have ended.
struct ProcessLedger {
    /// What is to be done with a child of ours that is not the program of a run.
    enum Fate: Hashable {
        /// It belongs to no run under way; to that one which has ended, when that is certain.
        case kill(RunMarker?)
        /// A run under way owns it, or may.
        case spare
        /// It has ended, and nobody else will reap it.
        case reap
        /// It descends from no program of ours: another part of this process started it.
        case leave
    }

    private struct Run {
        var program: ProcessID
        var isUnderWay = true
    }

    private var runs: [RunMarker: Run] = [:]
    private var sessions: [Int32: RunMarker] = [:]
    private var descendants: [ProcessIdentity: RunMarker] = [:]
    private var suspects: [ProcessIdentity: Set<RunMarker>] = [:]

    /// Enters a run that begins.
    mutating func begin(_ run: RunMarker, program: ProcessID) {
        runs[run] = Run(program: program)
        sessions[program.number] = run
    }

    /// Notes a process seen below the run's program.
    mutating func note(_ descendant: ProcessIdentity, of run: RunMarker) {
        descendants[descendant] = run
    }

    /// Notes that a run has ended: from now on, what belongs to it is to be killed.
    mutating func end(_ run: RunMarker) {
        runs[run]?.isUnderWay = false
    }

    /// Forgets a run that has no process left.
    mutating func forget(_ run: RunMarker) {
        guard let program = runs.removeValue(forKey: run)?.program else { return }
        if sessions[program.number] == run { sessions[program.number] = nil }
        descendants = descendants.filter { $0.value != run }
    }

    /// Forgets processes without a sign of their run that are no longer among our children.
    mutating func forgetSuspects(allBut children: Set<ProcessID>) {
        suspects = suspects.filter { children.contains($0.key.id) }
    }

    /// Decides about a child of ours that is not the program of a run.
    mutating func fate(of process: ProcessFacts) -> Fate {
        // A name that no run of ours has tells nothing: a program may have set the variable itself.
        let named = process.marker.flatMap { runs[$0] == nil ? nil : $0 }
        let sign = descendants[process.identity] ?? named
        guard sign != nil || process.hasNoNewPrivileges else { return .leave }
        guard !process.isZombie else { return .reap }
        if let owner = sign ?? sessions[process.session] { return isUnderWay(owner) ? .spare : .kill(owner) }
        let owners = suspects[process.identity] ?? Set(runs.keys)
        suspects[process.identity] = owners
        guard !owners.contains(where: isUnderWay) else { return .spare }
        return .kill(owners.count == 1 ? owners.first : nil)
    }

    private func isUnderWay(_ run: RunMarker) -> Bool {
        runs[run]?.isUnderWay ?? false
    }
}
