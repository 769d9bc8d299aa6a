// SPDX-License-Identifier: Apache-2.0

/// Makes, checks and closes the connections of a pool.
///
/// The pool calls it from tasks of its own, never under a lock, and for any number of connections at the same time.
public protocol ConnectionFactory: Sendable {
    /// What is pooled.
    associatedtype Connection: Sendable

    /// Makes a connection; it should give up by itself within the pool's `acquireTimeout`.
    func create() async throws -> Connection

    /// Whether a connection that has been idle can still be used.
    func isHealthy(_ connection: Connection) async -> Bool

    /// Closes a connection that will not be used again.
    func close(_ connection: Connection) async
}
