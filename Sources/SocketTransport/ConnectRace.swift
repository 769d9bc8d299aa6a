// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Decides when which of a name's addresses is tried: the staggered attempts of RFC 8305 ("Happy Eyeballs"), in small.
///
/// The addresses are tried in the order the resolver gave (RFC 6724 by the system; they are not interleaved by family). The
/// next one starts as soon as an earlier attempt has failed, or `stagger` after the last start when none has; earlier
/// attempts go on meanwhile, and the first connection wins. At most `maximumInFlight` attempts run at once: a name with many
/// silent addresses cannot take many descriptors.
package struct ConnectRace {
    /// How long an attempt runs alone before the next starts: RFC 8305 section 5 recommends 250 ms.
    package static let stagger = Duration.milliseconds(250)
    /// How many attempts run at once.
    package static let maximumInFlight = 4

    /// How many addresses there are.
    package let count: Int
    /// How many attempts are under way.
    package private(set) var inFlight = 0
    private var next = 0
    private var nextStart: MonotonicInstant

    /// A race over `count` addresses whose first attempt is due at `now`.
    package init(count: Int, at now: MonotonicInstant) {
        precondition(count >= 0, "a race over \(count) addresses")
        self.count = count
        nextStart = now
    }

    /// Takes the index of the address whose attempt is due, and counts it as under way; nil when none is due.
    package mutating func takeDue(at now: MonotonicInstant) -> Int? {
        guard let due = nextDue, due <= now else { return nil }
        defer { next += 1 }
        inFlight += 1
        nextStart = now.advanced(by: Self.stagger)
        return next
    }

    /// When the next attempt is due, should none fail before; nil when there is none left or too many are under way.
    package var nextDue: MonotonicInstant? {
        next < count && inFlight < Self.maximumInFlight ? nextStart : nil
    }

    /// An attempt has failed: the next is due at once.
    package mutating func attemptFailed(at now: MonotonicInstant) {
        precondition(inFlight > 0, "an attempt failed, but none was under way")
        inFlight -= 1
        nextStart = now
    }

    /// Whether every address was tried and every attempt has failed.
    package var isLost: Bool { next == count && inFlight == 0 }
}
