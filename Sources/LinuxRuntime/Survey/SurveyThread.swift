// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import HealthModel
import Synchronization

/// The thread that looks at the process table while there are questions, and the box in which it leaves the answers.
///
/// It is detached and owns everything it touches, this object included: nobody waits for it when a look hangs. Questions are
/// bounded, because each asker has at most one.
final class SurveyThread: Sendable {
    private struct State {
        var questions: [(number: UInt64, selector: ProcessSelector)] = []
        var answers: [(number: UInt64, result: SurveyResult)] = []
        var runs = false
        var isStopped = false
    }

    /// Becomes readable when answers lie in the box.
    let signal: CInt
    private let scan: any ProcessScan
    private let state = Mutex(State())

    /// - Throws: why the descriptor that signals cannot be had.
    init(scan: any ProcessScan) throws(SystemError) {
        signal = clinux_eventfd()
        guard signal >= 0 else { throw .last }
        self.scan = scan
    }

    deinit {
        _ = Glibc.close(signal)
    }

    /// Hands a question in; the error when no thread can be had for it.
    func add(_ number: UInt64, _ selector: ProcessSelector) -> SystemError? {
        let mustStart = state.withLock { state in
            state.questions.append((number, selector))
            defer { state.runs = true }
            return !state.runs
        }
        guard mustStart, let error = start() else { return nil }
        state.withLock { state in
            state.runs = false
            state.questions = []
        }
        return error
    }

    /// Takes a question back, if the thread has not begun with it.
    func remove(_ number: UInt64) {
        state.withLock { $0.questions.removeAll { $0.number == number } }
    }

    /// Takes what the thread left.
    func takeAnswers() -> [(number: UInt64, result: SurveyResult)] {
        var counter: UInt64 = 0
        // unsafe: eight bytes are read into an eight-byte integer. The counter is cleared before the box is emptied, so
        // whatever is left afterwards signals again.
        _ = unsafe Glibc.read(signal, &counter, MemoryLayout<UInt64>.size)
        return state.withLock { state in
            defer { state.answers = [] }
            return state.answers
        }
    }

    /// Drops what waits; the thread ends after the look it is at.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.questions = []
        }
    }

    private func start() -> SystemError? {
        var thread = pthread_t()
        // unsafe: retained here and released by the thread, exactly once each.
        let box = unsafe Unmanaged.passRetained(self)
        let status = unsafe pthread_create(&thread, nil, { unsafe SurveyThread.run($0) }, box.toOpaque())
        guard status == 0 else {
            unsafe box.release()
            return SystemError(code: status)
        }
        pthread_detach(thread)
        return nil
    }

    private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument = unsafe argument else { return nil }
        // unsafe: the pointer is the object that `start` retained for this thread.
        let thread = unsafe Unmanaged<SurveyThread>.fromOpaque(argument).takeRetainedValue()
        // unsafe: the text is copied by the callee.
        unsafe clinux_name_thread("processes")
        thread.work()
        return nil
    }

    private func work() {
        while let questions = takeQuestions() {
            let results = scan.results(for: questions.map(\.selector))
            state.withLock { $0.answers += zip(questions, results).map { ($0.number, $1) } }
            var one: UInt64 = 1
            // unsafe: eight bytes are read from an eight-byte integer.
            _ = unsafe Glibc.write(signal, &one, MemoryLayout<UInt64>.size)
        }
    }

    /// Everything that waits, for one look; nil = the thread must end, and is counted no longer.
    private func takeQuestions() -> [(number: UInt64, selector: ProcessSelector)]? {
        state.withLock { state in
            guard !state.questions.isEmpty, !state.isStopped else {
                state.runs = false
                return nil
            }
            defer { state.questions = [] }
            return state.questions
        }
    }
}
