// SPDX-License-Identifier: Apache-2.0

import CoreMetrics

extension Duration {
    /// The whole nanoseconds, at most `Int64.max` (292 years), at least zero.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflows else { return .max }
        let (sum, overflowsToo) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflowsToo ? .max : sum
    }
}

extension Timer {
    /// Records a duration; a negative one as zero.
    func record(_ duration: Duration) {
        recordNanoseconds(duration.wholeNanoseconds)
    }
}
