// SPDX-License-Identifier: Apache-2.0

import Glibc
import Resilience

@testable import ResilienceFileStore

/// The real file system, in which the n-th call goes wrong.
final class FaultyFiles: FileOperations {
    enum Fault: Sendable {
        /// The call fails with this code; later ones succeed.
        case fails(code: Int32)
        /// The process dies before the call: neither it nor any later one has an effect, and its locks are gone.
        case dies
        /// The process dies in the call: a write has written half of its bytes, anything else has happened.
        case diesAfterwards
        /// The process is killed for good, after the call.
        case isKilled
    }

    private struct State: Sendable {
        var calls: [String] = []
        var descriptors: Set<Int32> = []
        var isDead = false
    }

    private let files = SystemFiles()
    private let fault: Fault?
    private let position: Int
    private let state = Locked(State())

    /// - Parameters:
    ///   - position: which call goes wrong, from 0.
    ///   - fault: what happens then; nil lets everything pass.
    init(_ position: Int = .max, _ fault: Fault? = nil) {
        self.position = position
        self.fault = fault
    }

    /// The calls so far.
    var calls: [String] { state.withLock { $0.calls } }

    func open(_ path: String, _ mode: OpenMode) throws(SystemFailure) -> Int32 {
        try call("open \(mode)") { () throws(SystemFailure) in
            let descriptor = try self.files.open(path, mode)
            self.state.withLock { _ = $0.descriptors.insert(descriptor) }
            return descriptor
        }
    }

    func status(of descriptor: Int32) throws(SystemFailure) -> FileStatus {
        try call("status") { () throws(SystemFailure) in try self.files.status(of: descriptor) }
    }

    func status(at path: String) throws(SystemFailure) -> FileStatus {
        try call("status") { () throws(SystemFailure) in try self.files.status(at: path) }
    }

    func lock(_ descriptor: Int32) throws(SystemFailure) -> LockAnswer {
        try call("lock") { () throws(SystemFailure) in try self.files.lock(descriptor) }
    }

    func read(_ descriptor: Int32, atMost limit: Int) throws(SystemFailure) -> [UInt8] {
        try call("read") { () throws(SystemFailure) in try self.files.read(descriptor, atMost: limit) }
    }

    func write(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) throws(SystemFailure) -> Int {
        // Small steps, as a disk that is nearly full takes them, and half of one where the process dies in the middle.
        try wholeOrHalf("write") { (isWhole) throws(SystemFailure) in
            try self.files.write(descriptor, bytes.prefix(isWhole ? 48 : 24))
        }
    }

    func flush(_ descriptor: Int32) throws(SystemFailure) {
        try call("flush") { () throws(SystemFailure) in try self.files.flush(descriptor) }
    }

    func rename(_ path: String, to newPath: String) throws(SystemFailure) {
        try call("rename") { () throws(SystemFailure) in try self.files.rename(path, to: newPath) }
    }

    func remove(_ path: String) throws(SystemFailure) {
        try call("remove") { () throws(SystemFailure) in try self.files.remove(path) }
    }

    func close(_ descriptor: Int32) {
        let isOpen = state.withLock { $0.descriptors.remove(descriptor) != nil }
        if isOpen { files.close(descriptor) }
    }

    private func call<Value>(
        _ name: String,
        _ body: () throws(SystemFailure) -> Value
    ) throws(SystemFailure) -> Value {
        try wholeOrHalf(name) { (_) throws(SystemFailure) in try body() }
    }

    private func wholeOrHalf<Value>(
        _ name: String,
        _ body: (_ isWhole: Bool) throws(SystemFailure) -> Value
    ) throws(SystemFailure) -> Value {
        let (number, isDead) = state.withLock { state in
            state.calls.append(name)
            return (state.calls.count - 1, state.isDead)
        }
        guard !isDead else { throw SystemFailure(call: name, code: 0) }
        guard number == position, let fault else { return try body(true) }
        switch fault {
        case .fails(let code):
            throw SystemFailure(call: name, code: code)
        case .dies:
            die()
        case .diesAfterwards:
            _ = try? body(false)
            die()
        case .isKilled:
            _ = try? body(false)
            kill(getpid(), SIGKILL)
        }
        throw SystemFailure(call: name, code: 0)
    }

    /// Closes everything, as the kernel does for a dead process.
    private func die() {
        let open = state.withLock { state in
            state.isDead = true
            defer { state.descriptors = [] }
            return state.descriptors
        }
        for descriptor in open { files.close(descriptor) }
    }
}
