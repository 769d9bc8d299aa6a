// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime
import Synchronization

/// A simulated kernel whose reads and writes a test scripts; everything else is the simulation's.
package final class ScriptedKernel: Kernel {
    private struct State {
        var reads: [ReadResult] = []
        var writes: [WriteResult] = []
        var written: [[UInt8]] = []
        var readCount = 0
        var token: UInt64?
        var edges: Readiness.Events = []
    }

    package let simulation: SimulatedKernel
    private let state = Mutex(State())

    package init(_ simulation: SimulatedKernel) {
        self.simulation = simulation
    }

    /// What the kernel was given and took, write by write.
    package var written: [String] { state.withLock { $0.written.map { String(decoding: $0, as: UTF8.self) } } }
    /// How often it was asked for bytes.
    package var readCount: Int { state.withLock { $0.readCount } }

    /// What writes take, one by one; all, when there is no more.
    package func takes(_ results: WriteResult...) {
        state.withLock { $0.writes += results }
    }

    /// What reads give, one by one, after `delay`; `wouldBlock` when there is no more.
    package func gives(_ results: [ReadResult], after delay: Duration = .milliseconds(10)) {
        happens([.readable, .writable], after: delay) { $0.reads += results }
    }

    /// What reads give after `delay` although nobody is told of it, as what arrives after the last look at what is ready.
    package func hasUntold(_ results: [ReadResult], after delay: Duration) {
        happens([], after: delay) { $0.reads += results }
    }

    /// Room for writing again after `delay`.
    package func becomesWritable(after delay: Duration) {
        happens(.writable, after: delay) { _ in }
    }

    private func happens(
        _ events: Readiness.Events,
        after delay: Duration,
        _ change: @escaping @Sendable (inout State) -> Void
    ) {
        simulation.after(delay) { [self] in
            state.withLock { state in
                change(&state)
                state.edges.formUnion(events)
            }
            simulation.wake()
        }
    }

    package var now: MonotonicInstant { simulation.now }
    package var wallTime: WallTime { simulation.wallTime }

    package func wait(timeout: Duration?, ready: inout [Readiness]) -> Bool {
        let isMore = simulation.wait(timeout: timeout, ready: &ready)
        let edge = state.withLock { state -> Readiness? in
            guard !state.edges.isEmpty, let token = state.token else { return nil }
            defer { state.edges = [] }
            return Readiness(token: token, events: state.edges)
        }
        if let edge { ready.append(edge) }
        return isMore
    }

    package func wake() { simulation.wake() }

    package func watch(_ descriptor: CInt, token: UInt64) throws(SystemError) {
        try simulation.watch(descriptor, token: token)
        state.withLock { $0.token = token }
    }

    package func unwatch(_ descriptor: CInt) {
        simulation.unwatch(descriptor)
        state.withLock { $0.token = nil }
    }

    package func read(_ descriptor: CInt, limit: Int) -> ReadResult {
        let (result, isMore) = state.withLock { state -> (ReadResult, Bool) in
            state.readCount += 1
            guard !state.reads.isEmpty else { return (.wouldBlock, false) }
            let result = state.reads.removeFirst()
            // Linux gives all that it has, so what follows a short read came after it, and makes an edge of its own.
            guard case .bytes(let bytes) = result, bytes.count < limit, !state.reads.isEmpty else {
                return (result, false)
            }
            state.edges.formUnion(.readable)
            return (result, true)
        }
        if isMore { simulation.wake() }
        return result
    }

    package func write(_ descriptor: CInt, _ bytes: ArraySlice<UInt8>) -> WriteResult {
        state.withLock { state in
            let result = state.writes.isEmpty ? WriteResult.wrote(bytes.count) : state.writes.removeFirst()
            if case .wrote(let count) = result { state.written.append(Array(bytes.prefix(count))) }
            return result
        }
    }

    package func openStream(for address: SocketAddress) throws(SystemError) -> CInt {
        try simulation.openStream(for: address)
    }
    package func bind(_ descriptor: CInt, to source: SocketAddress) throws(SystemError) {
        try simulation.bind(descriptor, to: source)
    }
    package func connect(_ descriptor: CInt, to address: SocketAddress) throws(SystemError) -> Bool {
        try simulation.connect(descriptor, to: address)
    }
    package func pendingError(of descriptor: CInt) -> SystemError? { simulation.pendingError(of: descriptor) }
    package func hasRoute(like address: SocketAddress) -> Bool { simulation.hasRoute(like: address) }
    package func resetOnClose(_ descriptor: CInt) { simulation.resetOnClose(descriptor) }
    package func openDatagram(_ kind: DatagramKind, for address: SocketAddress) throws(SystemError) -> CInt {
        try simulation.openDatagram(kind, for: address)
    }
    package func send(_ descriptor: CInt, _ bytes: ArraySlice<UInt8>) throws(SystemError) {
        try simulation.send(descriptor, bytes)
    }
    package func receive(_ descriptor: CInt, limit: Int) -> ReceiveResult {
        simulation.receive(descriptor, limit: limit)
    }
    package func close(_ descriptor: CInt) { simulation.close(descriptor) }
}
