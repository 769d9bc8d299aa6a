// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What a target is held to be by its verdicts alone, their age aside.
enum Standing {
    case starting
    case healthy
    case degraded
    case unhealthy
}

/// What the latest outcome says about its target.
enum Finding: Hashable {
    case passed(isWarning: Bool)
    case failed
    /// Unknown, our own fault, or observed while the breaker is open.
    case nothing
}

extension Outcome {
    /// What it says about its target where it counts.
    var finding: Finding {
        switch verdict {
        case .healthy: return .passed(isWarning: false)
        case .degraded where reason != .internal: return .passed(isWarning: true)
        case .unhealthy where reason != .internal: return .failed
        case .degraded, .unhealthy, .unknown: return .nothing
        }
    }
}

/// Where the breaker stands after an outcome was settled.
enum BreakerPosition {
    case closed
    case open
    /// In a round with so many successes up to now.
    case halfOpen(successes: Int)
}

/// From verdicts and breaker to a target's status.
///
/// | breaker | finding | the target is |
/// |---|---|---|
/// | open | any | unhealthy |
/// | half-open | no success in this round yet | unhealthy: a dead target must not look better for the length of every trial |
/// | half-open | a success in this round | degraded |
/// | closed | passed | healthy, or degraded with a warning |
/// | closed | failed, below the threshold | what it was; `starting` stays `starting`, so a failure never turns readiness green |
/// | closed, no rule can open it | failed | unhealthy: without a breaker the last verdict decides |
/// | closed | nothing | what it was |
///
/// Age comes last: healthy or degraded becomes stale, and stale ends with a passing verdict only.
enum StatusRules {
    static func standing(_ finding: Finding, breaker: BreakerPosition, canOpen: Bool, was: Standing) -> Standing {
        switch breaker {
        case .open: return .unhealthy
        case .halfOpen(let successes): return successes > 0 ? .degraded : .unhealthy
        case .closed: break
        }
        switch finding {
        case .passed(let isWarning): return isWarning ? .degraded : .healthy
        case .failed: return canOpen ? was : .unhealthy
        case .nothing: return was
        }
    }

    static func status(_ standing: Standing, isStale: Bool) -> TargetStatus {
        switch standing {
        case .starting: .starting
        case .healthy: isStale ? .stale : .healthy
        case .degraded: isStale ? .stale : .degraded
        case .unhealthy: .unhealthy
        }
    }
}
