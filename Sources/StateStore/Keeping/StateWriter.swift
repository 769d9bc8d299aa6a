// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Decides when the database is opened, written and tidied, and what follows from each failure.
///
/// A step does what is due and says when the next one is; it waits for nothing but the disk. Whatever fails, what was to be
/// written stays here and is written when the disk takes it again.
package final class StateWriter {
    private let medium: any StateMedium
    private let limits: StateLimits
    private var database: (any StateDatabase)?
    private var pending = StateBatch()
    private var openedAt: MonotonicInstant?
    private var hasOpened = false
    private var isProved = false
    private var retryAt: MonotonicInstant?
    private var retryWait: Duration
    private var writeAt: MonotonicInstant?
    private var tidyAt: MonotonicInstant?

    /// Why state is in memory only; nil while the database takes it.
    package private(set) var problem: StateError?
    /// How many changes and rolled-up targets were lost, because the disk took none for too long.
    package private(set) var dropped = 0
    /// Where a damaged database was put, until somebody asks.
    private var setAside: [String] = []
    private var wantsEverything = false

    package init(medium: any StateMedium, limits: StateLimits = StateLimits()) {
        self.medium = medium
        self.limits = limits
        retryWait = limits.firstRetry
    }

    /// Opens the database and reads what is to be restored; nil when it cannot be had.
    package func load(at now: SaveStamp) -> SavedState? {
        open(at: now)
        switch use({ database throws(StateError) in try database.load(at: now) }) {
        case .success(let state):
            wantsEverything = false
            return state
        case .failure(let error):
            fail(error, at: now)
            guard error.code == .corrupt, setAside.count == 1 else { return nil }
            // It was put aside, and what replaces it is empty.
            open(at: now)
            return database == nil ? nil : SavedState()
        case nil:
            return nil
        }
    }

    /// Takes a batch over.
    package func add(_ batch: StateBatch) {
        dropped += pending.merge(batch)
    }

    /// Does what is due.
    ///
    /// - Returns: when the next step is due; nil while there is nothing to do.
    package func step(at now: SaveStamp) -> MonotonicInstant? {
        if database == nil, retryAt.map({ $0 <= now.instant }) ?? true { open(at: now) }
        guard database != nil else { return retryAt }
        if writeAt.map({ $0 <= now.instant }) ?? true, !pending.isEmpty { write(at: now, isLast: false) }
        if let due = tidyAt, due <= now.instant { tidy(at: now) }
        guard database != nil else { return retryAt }
        let write = pending.isEmpty ? nil : writeAt
        return MonotonicInstant.earlier(write, tidyAt)
    }

    /// Writes all that is left, whenever it was due, and closes the database.
    ///
    /// - Returns: whether everything is written.
    package func finish(at now: SaveStamp) -> Bool {
        if database == nil { open(at: now) }
        if database != nil { write(at: now, isLast: true) }
        attempt(at: now) { database throws(StateError) in try database.prove() }
        database = nil
        return pending.isEmpty
    }

    /// Whether every target is to be handed over again; said once.
    package func takeWish() -> Bool {
        defer { wantsEverything = false }
        return wantsEverything
    }

    /// Where damaged databases were put since the last call.
    package func takeSetAside() -> [String] {
        defer { setAside = [] }
        return setAside
    }

    /// Asks the database; nil when there is none, or it fails.
    package func ask<Answer>(
        at now: SaveStamp,
        _ question: (any StateDatabase) throws(StateError) -> Answer
    ) -> Answer? {
        switch use(question) {
        case .success(let answer): return answer
        case .failure(let error):
            fail(error, at: now)
            return nil
        case nil: return nil
        }
    }

    private func write(at now: SaveStamp, isLast: Bool) {
        writeAt = now.instant.advanced(by: limits.writeGap)
        let proves = !isProved && openedAt.map { $0.duration(to: now.instant) >= limits.provingTime } ?? false
        attempt(at: now) { database throws(StateError) in
            try database.write(pending, at: now, isLast: isLast)
            pending = StateBatch()
            if proves { try database.prove() }
            isProved = isProved || proves
            problem = nil
            retryWait = limits.firstRetry
        }
    }

    private func tidy(at now: SaveStamp) {
        tidyAt = now.instant.advanced(by: limits.tidyGap)
        attempt(at: now) { database throws(StateError) in try database.tidy(at: now) }
    }

    private func open(at now: SaveStamp) {
        do throws(StateError) {
            database = try medium.open(at: now)
        } catch  where error.code == .corrupt {
            do throws(StateError) {
                setAside.append(try medium.setAside(at: now))
                database = try medium.open(at: now)
            } catch {
                return fail(error, at: now)
            }
        } catch {
            return fail(error, at: now)
        }
        // What an earlier database of this run held may not be in this one.
        wantsEverything = true
        hasOpened = true
        isProved = false
        openedAt = now.instant
        retryAt = nil
        writeAt = nil
        tidyAt = now.instant.advanced(by: limits.tidyGap)
    }

    private func attempt(at now: SaveStamp, _ body: (any StateDatabase) throws(StateError) -> Void) {
        if case .failure(let error) = use(body) { fail(error, at: now) }
    }

    /// Uses the database, if there is one; no reference to it is left afterwards, so that it can be closed.
    private func use<Answer>(
        _ body: (any StateDatabase) throws(StateError) -> Answer
    ) -> Result<Answer, StateError>? {
        guard let database else { return nil }
        do throws(StateError) { return .success(try body(database)) } catch { return .failure(error) }
    }

    /// Gives the database up, whatever the error: after a failed flush an open file cannot be trusted.
    private func fail(_ error: StateError, at now: SaveStamp) {
        database = nil
        problem = error
        if error.code == .full { makeRoom(at: now) }
        if error.code == .corrupt, hasOpened {
            // Found in use. The next open checks the file again, and may find nothing; so it goes now.
            do throws(StateError) { setAside.append(try medium.setAside(at: now)) } catch { problem = error }
        }
        retryAt = now.instant.advanced(by: retryWait)
        retryWait = min(retryWait * 2, limits.longestRetry)
    }

    /// Lets history go until the rest has room; nothing is gained where it is the disk that is full.
    private func makeRoom(at now: SaveStamp) {
        do throws(StateError) { try medium.open(at: now).tidy(at: now) } catch { problem = error }
    }
}
