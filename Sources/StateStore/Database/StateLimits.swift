// SPDX-License-Identifier: Apache-2.0

/// Every bound of the state database.
package struct StateLimits: Hashable, Sendable {
    /// The largest that the file may grow; history makes room before.
    package var maximumBytes: Int64 = 2 << 30
    /// How long history by minute is kept, in minutes.
    package var minutesKept: Int64 = 24 * 60
    /// How long history by hour is kept, in hours.
    package var hoursKept: Int64 = 30 * 24
    /// The most changes that are kept.
    package var changesKept: Int64 = 100_000
    /// How long a target that is not configured any more is remembered.
    package var goneKept = Duration.seconds(7 * 86_400)
    /// The least time between two transactions.
    package var writeGap = Duration.seconds(1)
    /// The least time between two writes of verdicts that changed nothing but their age; half of that after which the agent
    /// hands them out, so that each time they are written at once and the two waits never add up.
    package var heardGap = Duration.seconds(5)
    /// Between two looks at what is too old.
    package var tidyGap = Duration.seconds(60)
    /// The longest that the check of the file may take at open; what it has not seen by then is trusted.
    package var checkTime = Duration.seconds(2)
    /// After a failure: the first wait before another try, which doubles up to the longest.
    package var firstRetry = Duration.seconds(5)
    package var longestRetry = Duration.seconds(300)
    /// How long a run must last to prove that what it restored did not end it.
    package var provingTime = Duration.seconds(10)
    /// The runs in a row that ended before that, after which the file is set aside.
    package var mostUnproved: Int64 = 3
    /// The most damaged databases that may lie in the directory.
    package var setAsideKept = 10
    /// How many pages the log may hold that cannot be written back because another process looks at the database.
    package var maximumLogPages = 16_384
    /// The most rows that one look at what is too old removes from each table.
    package var removedAtOnce: Int64 = 10_000

    package init() {}
}
