// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Takes what is to survive; never waits.
package protocol StateKeeper: Sendable {
    /// Takes a batch, which may be empty.
    ///
    /// - Returns: how keeping goes.
    func keep(_ batch: StateBatch) -> StateReply

    /// Asks for the newest spans of a target's stored history, oldest first; never waits.
    ///
    /// - Parameters:
    ///   - target: whose history.
    ///   - step: the length of the spans.
    ///   - since: what no span has ended before.
    ///   - limit: the most spans.
    ///   - answer: called once, on any thread, with the spans or why they cannot be had now.
    func history(
        of target: TargetName,
        by step: HistoryStep,
        since: WallTime,
        limit: Int,
        answer: @escaping @Sendable (Result<[HistorySpan], StateError>) -> Void
    )
}

/// How keeping goes.
package struct StateReply: Hashable, Sendable {
    /// Why state is kept in memory only; nil while all is well.
    package var problem: StateError?
    /// Whether every target is to be handed over again, because the place where they were kept is new or cannot be trusted.
    ///
    /// Said once.
    package var wantsEverything: Bool

    package init(problem: StateError? = nil, wantsEverything: Bool = false) {
        self.problem = problem
        self.wantsEverything = wantsEverything
    }
}
