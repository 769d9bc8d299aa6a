// SPDX-License-Identifier: Apache-2.0

/// How full a bulkhead is: a bounded number of places that work of one sort shares, such as the scripts.
package struct BulkheadHealth: Hashable, Sendable {
    /// What has a place now.
    package var active = 0
    /// What waits for one.
    package var queued = 0
    /// What has asked for a place and got it, or was turned away, since the start.
    package var total: UInt64 = 0
    /// Of these, what was turned away because too many waited.
    package var rejected: UInt64 = 0
    /// Of these, what had no place within its time.
    package var timedOut: UInt64 = 0
    /// How long those who got a place had waited, also no time.
    package var wait = Histogram()

    package init() {}
}
