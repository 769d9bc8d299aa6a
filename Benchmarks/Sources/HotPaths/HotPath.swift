// SPDX-License-Identifier: Apache-2.0

/// Something that the agent does for every probe, whose cost is held against a baseline.
struct HotPath: Sendable {
    /// What the baseline calls it; no blanks.
    let name: String
    /// Lays out what is needed, and returns what does so many operations.
    let prepare: @Sendable () -> (_ operations: Int) -> Void

    /// Every path that is watched.
    static var all: [HotPath] {
        [exchange, reader, timers, breaker, pipeline, snapshot]
    }
}
