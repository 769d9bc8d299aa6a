// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension TargetRecord {
    /// When the target is wanted again: on its interval while closed, when the wait is over while open, faster while half-open.
    var nextDue: NextDue {
        switch (breakerState, halfOpensAt) {
        case (.closed, _), (.open, nil): .onInterval
        case (.halfOpen, _): .after(max(.milliseconds(1), spec.breaker.halfOpenInterval))
        case (.open, let halfOpensAt?):
            switch spec.breaker.whileOpen {
            case .pause: .at(halfOpensAt)
            case .observe: .onIntervalOrAt(halfOpensAt)
            }
        }
    }

    /// How long a verdict is believed when the next probe is `wait` away: so many planned gaps, and the timeout; all in
    /// nanoseconds, held at the end of the range.
    ///
    /// A planned gap is the interval, or the half-open interval while half-open, or `wait` where that is longer.
    func belief(gaps: Int, wait: Int64) -> Int64 {
        let usual = breakerState == .halfOpen ? spec.breaker.halfOpenInterval : spec.interval
        let product = max(usual.inNanoseconds, wait).multipliedReportingOverflow(by: Int64(gaps))
        let sum = product.partialValue.addingReportingOverflow(spec.timeout.inNanoseconds)
        return product.overflow || sum.overflow ? .max : sum.partialValue
    }
}
