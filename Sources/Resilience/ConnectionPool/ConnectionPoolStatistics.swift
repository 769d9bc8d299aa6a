// SPDX-License-Identifier: Apache-2.0

/// What a pool holds now, and what it has done.
public struct ConnectionPoolStatistics: Sendable, Hashable {
    /// Connections that wait to be leased.
    public let idle: Int
    /// Connections that are leased.
    public let active: Int
    /// Connections that are being made or checked.
    public let pending: Int
    /// Callers that wait.
    public let waiting: Int
    /// The most connections there may be.
    public let maxSize: Int
    /// Connections that were ever made.
    public let created: UInt64
    /// Connections that were ever closed or given up.
    public let closed: UInt64

    /// All connections, those being made included.
    public var total: Int { idle + active + pending }
    /// The share of the pool that is leased, 0 to 1.
    public var utilization: Double { Double(active) / Double(maxSize) }
}
