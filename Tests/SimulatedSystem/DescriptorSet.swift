// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime

/// The open descriptors of a simulated process, and which of them changed since they were last reported.
///
/// Like Linux it gives out the lowest free number, and like an edge-triggered epoll it reports a descriptor once per change,
/// with the state that it has when it is reported.
struct DescriptorSet: Sendable {
    private var open: [CInt: SimulatedDescriptor] = [:]
    private var changed: [DescriptorHandle] = []
    private var serial: UInt64 = 0
    private let limit: Int
    /// Tokens that were watched once and are not any more, the last ones.
    private(set) var staleTokens: [UInt64] = []

    private static let first: CInt = 3
    private static let keptStaleTokens = 16

    init(limit: Int) {
        self.limit = limit
    }

    /// All that are open, by number.
    var listing: [OpenDescriptor] {
        open.sorted { $0.key < $1.key }.map { OpenDescriptor(number: $0.key, kind: $0.value.text) }
    }

    mutating func open(_ kind: SimulatedDescriptor.Kind) throws(SystemError) -> DescriptorHandle {
        guard open.count < limit else { throw SystemError(code: EMFILE) }
        var number = Self.first
        while open[number] != nil { number += 1 }
        serial += 1
        open[number] = SimulatedDescriptor(kind, serial: serial)
        return DescriptorHandle(number: number, serial: serial)
    }

    mutating func close(_ number: CInt) -> SimulatedDescriptor {
        unwatch(number)
        let closed = self[number, "close"]
        open[number] = nil
        return closed
    }

    mutating func watch(_ number: CInt, token: UInt64) throws(SystemError) {
        guard self[number, "watch"].token == nil else { throw SystemError(code: EEXIST) }
        open[number]?.token = token
        noteChange(of: number)
    }

    mutating func unwatch(_ number: CInt) {
        guard let token = self[number, "unwatch"].token else { return }
        open[number]?.token = nil
        if staleTokens.count == Self.keptStaleTokens { staleTokens.removeFirst() }
        staleTokens.append(token)
    }

    /// The descriptor; one that is not open is a programmer error, named after what was tried.
    subscript(number: CInt, use: String) -> SimulatedDescriptor {
        guard let descriptor = open[number] else {
            preconditionFailure("\(use) of descriptor \(number), which is not open")
        }
        return descriptor
    }

    /// Changes an open descriptor by number without an edge.
    mutating func update(_ number: CInt, _ change: (inout SimulatedDescriptor) -> Void) {
        guard var descriptor = open[number] else { return }
        change(&descriptor)
        open[number] = descriptor
    }

    /// Changes what is behind a descriptor, which is an edge; false when it was closed meanwhile.
    mutating func change(_ handle: DescriptorHandle, _ change: (inout SimulatedDescriptor) -> Void) -> Bool {
        guard open[handle.number]?.serial == handle.serial else { return false }
        update(handle.number, change)
        noteChange(of: handle.number)
        return true
    }

    /// What changed since the last call and is watched, in the order of the changes.
    mutating func takeReady(into ready: inout [Readiness]) {
        for handle in changed {
            guard let descriptor = open[handle.number], descriptor.serial == handle.serial,
                let token = descriptor.token
            else { continue }
            let events = descriptor.events
            if !events.isEmpty { ready.append(Readiness(token: token, events: events)) }
        }
        changed.removeAll(keepingCapacity: true)
    }

    private mutating func noteChange(of number: CInt) {
        guard let serial = open[number]?.serial else { return }
        let handle = DescriptorHandle(number: number, serial: serial)
        if !changed.contains(handle) { changed.append(handle) }
    }
}
