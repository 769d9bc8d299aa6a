// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// The processes of a simulated machine below the agent; numbers are never given out again.
struct ProcessTable: Sendable {
    /// One process, running or waiting to be reaped.
    struct Entry {
        let id: ProcessID
        /// The program that it is, or descends from.
        let program: ProcessID
        var parent: ProcessID
        let group: ProcessID
        let startTime: UInt64
        let marker: RunMarker?
        let behaviour: SimulatedProgram
        let descriptors: Descriptors
        var exit: ProcessExit?
    }

    /// The ends that the agent holds of one run.
    struct Descriptors {
        let exit: DescriptorHandle
        let output: DescriptorHandle
        let errorOutput: DescriptorHandle
    }

    /// The agent's own number.
    static let agent = ProcessID(1)
    private static let first: Int32 = 1_000

    private var entries: [ProcessID: Entry] = [:]
    private var next = Self.first

    /// All that are not reaped, by number.
    var all: [Entry] { entries.values.sorted { $0.id.number < $1.id.number } }

    subscript(process: ProcessID) -> Entry? { entries[process] }

    /// The number that the next process gets.
    var nextID: ProcessID { ProcessID(next) }

    /// Adds a program, which leads a group of its own, with its escaped children.
    mutating func add(
        _ behaviour: SimulatedProgram,
        _ descriptors: Descriptors,
        marker: RunMarker?,
        startTime: UInt64
    ) -> ProcessID {
        let program = nextID
        for index in 0...behaviour.escapees {
            let id = nextID
            next += 1
            entries[id] = Entry(
                id: id,
                program: program,
                parent: index == 0 ? Self.agent : program,
                group: id,
                startTime: startTime,
                marker: marker,
                behaviour: behaviour,
                descriptors: descriptors
            )
        }
        return program
    }

    /// Ends a running process: it waits to be reaped, its children become the agent's.
    ///
    /// - Returns: the process, and whether it was the last of its run; nil when it does not run.
    mutating func end(_ process: ProcessID, with exit: ProcessExit) -> (entry: Entry, isLast: Bool)? {
        guard var entry = entries[process], entry.exit == nil else { return nil }
        entry.exit = exit
        entries[process] = entry
        for child in all where child.parent == process { entries[child.id]?.parent = Self.agent }
        return (entry, !entries.values.contains { $0.program == entry.program && $0.exit == nil })
    }

    /// Takes out a child of the agent that has ended.
    mutating func reap(_ child: ProcessID) -> ProcessExit? {
        guard let entry = entries[child], entry.parent == Self.agent else { return .unknown }
        guard let exit = entry.exit else { return nil }
        entries[child] = nil
        return exit
    }
}
