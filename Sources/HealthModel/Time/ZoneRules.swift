// SPDX-License-Identifier: Apache-2.0

/// What clocks show in one time zone: its offsets from UTC, and when they change.
///
/// A value: whoever reads zone files makes it, so that all that follows from it needs no file.
package struct ZoneRules: Hashable, Sendable {
    /// A change of the offset.
    package struct Transition: Hashable, Sendable {
        /// When, in seconds since 1970-01-01T00:00:00Z.
        package let at: Int64
        /// East of UTC, in seconds, from then on.
        package let offset: Int64

        package init(at: Int64, offset: Int64) {
            self.at = at
            self.offset = offset
        }
    }

    /// The zone's name, `Europe/Berlin`.
    package let name: String
    /// The offset before the first transition.
    private let initialOffset: Int64
    /// In the order of time.
    private let transitions: [Transition]
    /// What holds after the last transition; nil = its offset.
    private let yearly: YearlyRule?

    /// The zone in which nothing ever changes.
    package static let utc = ZoneRules(name: "UTC", initialOffset: 0)

    /// - Parameters:
    ///   - name: the zone's name.
    ///   - initialOffset: the offset before the first transition, in seconds east of UTC.
    ///   - transitions: in the order of time.
    ///   - yearly: what holds after the last one; nil = its offset.
    package init(name: String, initialOffset: Int64, transitions: [Transition] = [], yearly: YearlyRule? = nil) {
        self.name = name
        self.initialOffset = initialOffset
        self.transitions = transitions
        self.yearly = yearly
    }

    /// The offset from UTC at a time in seconds since 1970; logarithmic in the number of transitions.
    package func offset(at time: Int64) -> Int64 {
        if let yearly, transitions.last.map({ $0.at <= time }) ?? true { return yearly.offset(at: time) }
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].at <= time { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? initialOffset : transitions[low - 1].offset
    }

    /// When a clock of the zone shows `local`, which is counted as if it were UTC.
    ///
    /// - Returns: the first and the last such time; both are the moment of the change where clocks skip it.
    package func times(ofLocal local: Int64) -> (first: Int64, last: Int64) {
        let before = offset(at: local - 86_400)
        let after = offset(at: local + 86_400)
        let candidates = [local - before, local - after].filter { $0 + offset(at: $0) == local }.sorted()
        if let first = candidates.first, let last = candidates.last { return (first, last) }
        // Skipped: the change lies where the one offset still, and the other already, gives this reading.
        var low = local - max(before, after)
        var high = local - min(before, after)
        while low < high {
            let middle = low + (high - low) / 2
            if offset(at: middle) == after { high = middle } else { low = middle + 1 }
        }
        return (low, low)
    }
}
