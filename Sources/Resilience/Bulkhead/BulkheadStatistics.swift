// SPDX-License-Identifier: Apache-2.0

/// What a bulkhead is doing and what it has done.
public struct BulkheadStatistics: Sendable, Hashable {
    /// Calls that run now.
    public internal(set) var active = 0
    /// Calls that wait now.
    public internal(set) var queued = 0
    /// Calls that asked for a place, whatever became of them.
    public internal(set) var total: UInt64 = 0
    /// Calls that were turned away because places and queue were full.
    public internal(set) var rejected: UInt64 = 0
    /// Calls that waited in vain.
    public internal(set) var timeouts: UInt64 = 0
    /// Calls that were cancelled while they waited.
    public internal(set) var cancelled: UInt64 = 0

    /// Nothing has happened.
    public init() {}
}
