// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Where state is kept: the seam behind which tests put faults, and simulations a memory.
///
/// After any error the database is not used again; it is opened anew. Used by one thread.
package protocol StateDatabase: AnyObject {
    /// Everything that is to be restored.
    func load(at now: SaveStamp) throws(StateError) -> SavedState

    /// Writes a batch in one transaction: all of it or nothing; `isLast` says that nothing may be put off.
    func write(_ batch: StateBatch, at now: SaveStamp, isLast: Bool) throws(StateError)

    /// Rolls minutes up into hours and removes what is too old or too much, a bounded part of it at a time.
    func tidy(at now: SaveStamp) throws(StateError)

    /// A target's history from `since` on, oldest first.
    func history(
        of target: TargetName,
        by step: HistoryStep,
        since: WallTime,
        limit: Int
    ) throws(StateError) -> [HistorySpan]

    /// The newest changes, oldest first.
    func changes(limit: Int) throws(StateError) -> [SavedChange]

    /// Says that the run which has opened the database works.
    func prove() throws(StateError)
}

/// A place where a database can be opened, again and again.
package protocol StateMedium: Sendable {
    /// Opens the database, and makes it when there is none.
    func open(at now: SaveStamp) throws(StateError) -> any StateDatabase

    /// Puts a damaged database aside, so that the next ``open(at:)`` begins a new one.
    ///
    /// - Returns: where it lies now.
    func setAside(at now: SaveStamp) throws(StateError) -> String
}
