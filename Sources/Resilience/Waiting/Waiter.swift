// SPDX-License-Identifier: Apache-2.0

/// One task that waits for something to be granted; the first answer wins, every later one is refused.
///
/// A policy keeps waiters in its queue and grants after it has unlocked. A grant that comes too late, because the waiter has
/// timed out or was cancelled meanwhile, is refused, and the policy hands it on: nothing granted can get lost.
final class Waiter<Grant: Sendable>: Sendable {
    enum Outcome: Sendable {
        case granted(Grant)
        case timedOut
        case cancelled
    }

    private enum State: Sendable {
        case pending
        case waiting(CheckedContinuation<Outcome, Never>)
        case answered(Outcome)
        case done
    }

    private let state = Locked(State.pending)

    /// Answers, unless somebody has answered already.
    func answer(_ outcome: Outcome) -> Bool {
        let (accepted, continuation) = state.withLock { state -> (Bool, CheckedContinuation<Outcome, Never>?) in
            switch state {
            case .pending:
                state = .answered(outcome)
                return (true, nil)
            case .waiting(let continuation):
                state = .done
                return (true, continuation)
            case .answered, .done:
                return (false, nil)
            }
        }
        continuation?.resume(returning: outcome)
        return accepted
    }

    /// Waits for the answer, until `deadline` at the latest.
    ///
    /// Called once.
    nonisolated(nonsending) func outcome(until deadline: Duration?, _ time: TimeSource) async -> Outcome {
        // Saves a caller that is cancelled already the tasks of a wait.
        if Task.isCancelled, answer(.cancelled) { return .cancelled }
        guard let deadline else { return await outcome() }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await time.sleep(until: deadline)
                    _ = self.answer(.timedOut)
                } catch {}
            }
            let outcome = await outcome()
            group.cancelAll()
            return outcome
        }
    }

    private nonisolated(nonsending) func outcome() async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answered = state.withLock { state -> Outcome? in
                    guard case .answered(let outcome) = state else {
                        state = .waiting(continuation)
                        return nil
                    }
                    state = .done
                    return outcome
                }
                if let answered { continuation.resume(returning: answered) }
            }
        } onCancel: {
            _ = answer(.cancelled)
        }
    }
}
