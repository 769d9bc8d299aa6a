// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// How far the publication of snapshots is.
struct Publishing {
    /// How many rows of the next snapshot are made ready in one turn, besides those that each turn has to make so that none is left when
    /// it is due, and no turn makes thousands.
    static let rowsPerTurn = 16
    /// How many are made in one turn while somebody waits for them, or this part of all where that is more; a turn takes 2 ms or so.
    static let awaitedRowsPerTurn = 64
    static let awaitedPart = 64
    /// How long they may take; then all that are left are made at once.
    static let figureTime = Duration.milliseconds(250)

    /// The number of the last snapshot.
    var sequence: UInt64 = 0
    /// The number of the first snapshot with the rows as they are.
    var rowsSince: UInt64 = 0
    /// What no published figure is older than.
    var figuresAt: MonotonicInstant
    /// When somebody asked for figures; nil while nobody waits for them.
    var figuresAskedAt: MonotonicInstant?

    init(at now: MonotonicInstant) {
        figuresAt = now
    }
}
