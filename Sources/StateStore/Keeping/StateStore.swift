// SPDX-License-Identifier: Apache-2.0

package import HealthModel
import Synchronization

/// Keeps state in a database from a thread of its own, so that a disk that hangs holds nobody up.
///
/// ```swift
/// let store = try StateStore(medium: directory, now: { … }, report: { logger.log($0) })
/// let saved = store.start(within: .seconds(5))      // nil: begin without
/// store.keep(batch)                                 // from the probe loop, at any rate
/// store.stop(within: .seconds(5))
/// ```
package final class StateStore: StateKeeper {
    /// What is worth a line in the log; said once each.
    package enum Event: Hashable, Sendable {
        /// State is kept in memory from now on, and why.
        case lost(StateError)
        /// State is kept in the database again.
        case found
        /// A damaged database was put aside, as the given file.
        case setAside(String)
    }

    /// The most questions that wait for an answer.
    static let maximumQuestions = 16

    private struct State {
        var batch = StateBatch()
        var questions: [Question] = []
        var reply = StateReply()
        var loaded: SavedState?
        var isStopping = false
        var isWritten = false
    }

    private typealias Question = @Sendable ((any StateDatabase)?) -> Void

    private let state = Mutex(State())
    private let medium: any StateMedium
    private let limits: StateLimits
    private let now: @Sendable () -> SaveStamp
    private let report: @Sendable (Event) -> Void
    private let work: Signal
    private let hasLoaded: Signal
    private let hasEnded: Signal

    /// - Parameters:
    ///   - medium: where the database is.
    ///   - limits: every bound.
    ///   - now: the present by all clocks.
    ///   - report: called from the store's thread.
    /// - Throws: when there are no descriptors to wait with.
    package init(
        medium: any StateMedium,
        limits: StateLimits = StateLimits(),
        now: @escaping @Sendable () -> SaveStamp,
        report: @escaping @Sendable (Event) -> Void = { _ in }
    ) throws(SystemError) {
        self.medium = medium
        self.limits = limits
        self.now = now
        self.report = report
        work = try Signal()
        hasLoaded = try Signal()
        hasEnded = try Signal()
    }

    /// Starts the thread and waits for what is to be restored.
    ///
    /// - Parameter deadline: the longest wait; what comes later is not restored.
    /// - Returns: nil when there is nothing, it cannot be had, or it takes too long.
    /// - Throws: when no thread can be had.
    package func start(within deadline: Duration) throws(SystemError) -> SavedState? {
        try StateThread.start { [self] in run() }
        _ = hasLoaded.wait(deadline)
        return state.withLock { $0.loaded.take() }
    }

    /// Takes a batch; what the thread has not yet taken is put together with it.
    package func keep(_ batch: StateBatch) -> StateReply {
        let reply = state.withLock { state in
            if !batch.isEmpty { state.batch.merge(batch) }
            defer { state.reply.wantsEverything = false }
            return state.reply
        }
        if !batch.isEmpty { work.raise() }
        return reply
    }

    /// Writes all that is left and ends the thread.
    ///
    /// - Parameter deadline: the longest wait for the disk.
    /// - Returns: whether everything is written.
    package func stop(within deadline: Duration) -> Bool {
        state.withLock { $0.isStopping = true }
        work.raise()
        return hasEnded.wait(deadline) && state.withLock { $0.isWritten }
    }

    package func history(
        of target: TargetName,
        by step: HistoryStep,
        since: WallTime,
        limit: Int,
        answer: @escaping @Sendable (Result<[HistorySpan], StateError>) -> Void
    ) {
        let question: Question = { database in
            guard let database else { return answer(.failure(Self.nothing)) }
            do throws(StateError) {
                answer(.success(try database.history(of: target, by: step, since: since, limit: limit)))
            } catch {
                answer(.failure(error))
            }
        }
        let isTaken = state.withLock { state in
            guard !state.isStopping, state.questions.count < Self.maximumQuestions else { return false }
            state.questions.append(question)
            return true
        }
        guard isTaken else { return question(nil) }
        work.raise()
    }

    private static let nothing = StateError(.inUse, "the state database cannot be asked now")
}

extension StateStore {
    /// The thread: loads, then writes until it is told to stop.
    private func run() {
        let writer = StateWriter(medium: medium, limits: limits)
        let loaded = writer.load(at: now())
        state.withLock { $0.loaded = loaded }
        hasLoaded.raise()
        var problem: StateError?
        while true {
            let (batch, questions, isStopping) = state.withLock { state in
                defer { (state.batch, state.questions) = (StateBatch(), []) }
                return (state.batch, state.questions, state.isStopping)
            }
            writer.add(batch)
            let present = now()
            let next = isStopping ? nil : writer.step(at: present)
            if isStopping {
                let isWritten = writer.finish(at: present)
                state.withLock { $0.isWritten = isWritten }
            }
            for question in questions {
                let isAnswered: Void? = writer.ask(at: present) { database in question(database) }
                if isAnswered == nil { question(nil) }
            }
            tell(writer, &problem)
            guard !isStopping else { break }
            work.wait(next.map { max(.zero, now().instant.duration(to: $0)) })
        }
        hasEnded.raise()
    }

    /// Passes on what has changed with the last step.
    private func tell(_ writer: StateWriter, _ problem: inout StateError?) {
        for path in writer.takeSetAside() { report(.setAside(path)) }
        // What fails again with other numbers is the same trouble.
        if writer.problem?.code != problem?.code {
            if let problem = writer.problem { report(.lost(problem)) } else { report(.found) }
        }
        problem = writer.problem
        let wish = writer.takeWish()
        state.withLock { state in
            state.reply.problem = writer.problem
            state.reply.wantsEverything = state.reply.wantsEverything || wish
        }
    }
}
