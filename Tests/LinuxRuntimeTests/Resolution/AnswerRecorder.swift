// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime
import Synchronization

/// Remembers answers, and lets a test wait until there are enough.
final class AnswerRecorder: ResolutionObserver, Sendable {
    struct Entry: Sendable, Hashable {
        var token: UInt64
        var answer: ResolutionAnswer
    }

    private struct State {
        var entries: [Entry] = []
        var wanted = 0
        var continuation: CheckedContinuation<[Entry], Never>?
    }

    private let state = Mutex(State())

    var all: [Entry] { state.withLock(\.entries) }

    func resolved(_ answer: ResolutionAnswer, token: UInt64, on loop: isolated EventLoop) {
        state.withLock { state in
            state.entries.append(Entry(token: token, answer: answer))
            guard state.entries.count >= state.wanted else { return }
            state.continuation?.resume(returning: state.entries)
            state.continuation = nil
        }
    }

    /// The answers, once there are `count`.
    func answers(_ count: Int) async -> [Entry] {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                guard state.entries.count < count else { return continuation.resume(returning: state.entries) }
                state.wanted = count
                state.continuation = continuation
            }
        }
    }
}
