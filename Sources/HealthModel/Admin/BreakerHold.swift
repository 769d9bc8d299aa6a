// SPDX-License-Identifier: Apache-2.0

/// What an operator holds a breaker in.
package struct BreakerHold: Hashable, Sendable {
    /// The states that only an operator brings about.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Kept open, whatever the clock says.
        case open
        /// Kept closed: every outcome is counted, and none opens it.
        case closed
        /// Nothing is counted; each verdict decides.
        case disabled
    }

    package var kind: Kind
    /// When it ends by itself; nil when only an operator ends it.
    package var until: WallTime?
    /// Why, in the operator's words.
    package var reason: String?
    /// Who asked.
    package var by: String?

    package init(_ kind: Kind, until: WallTime? = nil, reason: String? = nil, by: String? = nil) {
        self.kind = kind
        self.until = until
        self.reason = reason
        self.by = by
    }

    /// One sentence: `forced open by uid 0: database upgrade; until 2026-11-21T04:00:00.000Z`.
    package var sentence: String {
        let word =
            switch kind {
            case .open: "forced open"
            case .closed: "forced closed"
            case .disabled: "disabled"
            }
        let why = reason.map { ": \($0)" } ?? ""
        let end = until.map { "; until \($0.rfc3339)" } ?? "; until an operator ends it"
        return "\(word) by \(by ?? "an operator")\(why)\(end)"
    }
}

/// What an operator may do with a breaker.
package enum BreakerAction: String, CaseIterable, Hashable, Sendable {
    /// Keep it open.
    case open
    /// Close it now; with a time, keep it closed for so long.
    case close
    /// Close it now and forget every outcome.
    case reset
    /// Count nothing; each verdict decides.
    case disable
    /// End whatever an operator holds it in.
    case enable

    /// Whether it may be given a time after which it ends.
    package var takesDuration: Bool {
        switch self {
        case .open, .close, .disable: true
        case .reset, .enable: false
        }
    }
}

/// For how long, why, and by whom something is ordered.
package struct Order: Hashable, Sendable {
    /// How long it holds; nil = until it is taken back.
    package var duration: Duration?
    /// Why, in the operator's words, one line.
    package var reason: String?
    /// Who asked.
    package var by: String

    /// The longest time that may be ordered.
    package static let longest = Duration.seconds(30 * 86_400)
    /// The longest reason, in characters (Unicode scalars).
    package static let longestReason = 500

    package init(duration: Duration? = nil, reason: String? = nil, by: String) {
        self.duration = duration
        self.reason = reason
        self.by = by
    }
}
