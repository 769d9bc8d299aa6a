// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Synchronization

/// A kernel with one socket, whose peer says the same to everything that is written to it.
final class CannedKernel: Kernel {
    private struct State {
        var now = MonotonicInstant(nanoseconds: 1_000_000_000)
        var token: UInt64 = 0
        var edge: Readiness.Events = []
        var isAsked = false
        var answers = 0
    }

    private let answer: [UInt8]
    private let state = Mutex(State())

    init(answer: [UInt8]) {
        self.answer = answer
    }

    /// How many answers were read.
    var answers: Int { state.withLock { $0.answers } }

    var now: MonotonicInstant { state.withLock { $0.now } }
    var wallTime: WallTime { WallTime(nanosecondsSinceEpoch: 1_795_230_000_000_000_000) }

    /// Time passes only while nothing happens.
    func wait(timeout: Duration?, ready: inout [Readiness]) -> Bool {
        ready.removeAll(keepingCapacity: true)
        state.withLock { state in
            if state.edge.isEmpty {
                state.now = state.now.advanced(by: timeout ?? .zero)
            } else {
                ready.append(Readiness(token: state.token, events: state.edge))
                state.edge = []
            }
        }
        return false
    }

    func wake() {}

    func watch(_ descriptor: CInt, token: UInt64) throws(SystemError) {
        state.withLock { state in
            state.token = token
            state.edge = .writable
        }
    }

    func unwatch(_ descriptor: CInt) {}
    func openStream(for address: SocketAddress) throws(SystemError) -> CInt { 3 }
    func bind(_ descriptor: CInt, to source: SocketAddress) throws(SystemError) {}
    func connect(_ descriptor: CInt, to address: SocketAddress) throws(SystemError) -> Bool { true }
    func pendingError(of descriptor: CInt) -> SystemError? { nil }
    func hasRoute(like address: SocketAddress) -> Bool { true }
    func resetOnClose(_ descriptor: CInt) {}

    func read(_ descriptor: CInt, limit: Int) -> ReadResult {
        state.withLock { state in
            guard state.isAsked else { return .wouldBlock }
            state.isAsked = false
            state.answers += 1
            return .bytes(answer)
        }
    }

    func read(_ descriptor: CInt, into buffer: inout [UInt8]) -> ReadCount {
        guard case .bytes = read(descriptor, limit: buffer.count) else { return .wouldBlock }
        for index in answer.indices { buffer[index] = answer[index] }
        return .bytes(answer.count)
    }

    func write(_ descriptor: CInt, _ bytes: ArraySlice<UInt8>) -> WriteResult {
        state.withLock { state in
            state.isAsked = true
            state.edge = [.readable, .writable]
        }
        return .wrote(bytes.count)
    }

    func openDatagram(_ kind: DatagramKind, for address: SocketAddress) throws(SystemError) -> CInt { 3 }
    func send(_ descriptor: CInt, _ bytes: ArraySlice<UInt8>) throws(SystemError) {}
    func receive(_ descriptor: CInt, limit: Int) -> ReceiveResult { .wouldBlock }
    func close(_ descriptor: CInt) {}
}
