// SPDX-License-Identifier: Apache-2.0

/// That a target is in maintenance: until when, and why.
///
/// A target in maintenance is probed and shown as ever, and counts for nothing.
package struct Maintenance: Hashable, Sendable {
    /// When it ends; nil = when somebody ends it.
    package var until: WallTime?
    /// For people, one line.
    package var reason: String

    package init(until: WallTime?, reason: String) {
        self.until = until
        self.reason = reason
    }

    /// Whether it is over at `time`.
    package func isOver(at time: WallTime) -> Bool {
        until.map { $0 <= time } ?? false
    }

    /// The one of several that ends last; of those, the first.
    package static func longest(_ all: some Sequence<Maintenance>) -> Maintenance? {
        all.reduce(nil) { (longest: Maintenance?, next) in
            guard let longest, let end = longest.until else { return longest ?? next }
            return next.until.map { $0 > end } ?? true ? next : longest
        }
    }
}
