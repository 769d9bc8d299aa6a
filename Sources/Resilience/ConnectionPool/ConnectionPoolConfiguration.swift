// SPDX-License-Identifier: Apache-2.0

/// How many connections a pool holds, and for how long.
public struct ConnectionPoolConfiguration: Sendable, Hashable {
    /// Connections at most, leased, idle or being made; at least 1; default 10.
    public var maxSize: Int
    /// Idle connections that are kept ready, 0 to `maxSize`; default 2.
    public var minIdle: Int
    /// An idle connection above `minIdle` is closed after this; more than zero; default 300 s.
    public var idleTimeout: Duration
    /// A connection is closed this long after it was made, up to a tenth earlier at random, so that connections made together do
    /// not end together; more than zero; default 1800 s.
    public var maxLifetime: Duration
    /// The longest wait for a connection; a nearer deadline shortens it; more than zero; default 30 s.
    public var acquireTimeout: Duration
    /// An idle connection is checked before use when it has been idle for longer than this; not negative; default 500 ms.
    public var healthCheckAfter: Duration
    /// Callers that wait at the same time, 0 to 1,000,000; default 1,000.
    public var maxWaiting: Int

    /// Makes a configuration; every parameter has the default that its property documents.
    public init(
        maxSize: Int = 10,
        minIdle: Int = 2,
        idleTimeout: Duration = .seconds(300),
        maxLifetime: Duration = .seconds(1_800),
        acquireTimeout: Duration = .seconds(30),
        healthCheckAfter: Duration = .milliseconds(500),
        maxWaiting: Int = 1_000
    ) {
        self.maxSize = maxSize
        self.minIdle = minIdle
        self.idleTimeout = idleTimeout
        self.maxLifetime = maxLifetime
        self.acquireTimeout = acquireTimeout
        self.healthCheckAfter = healthCheckAfter
        self.maxWaiting = maxWaiting
    }

    /// Everything that is wrong with this configuration; empty when it can be used.
    public var problems: [ConfigurationProblem] {
        var check = ConfigurationCheck()
        check.require(maxSize >= 1, "maxSize", "\(maxSize) is less than 1")
        check.require(
            minIdle >= 0 && minIdle <= maxSize,
            "minIdle",
            "\(minIdle) is not in 0 to the maxSize of \(maxSize)"
        )
        check.require(idleTimeout > .zero, "idleTimeout", "\(idleTimeout) is not longer than zero")
        check.require(maxLifetime > .zero, "maxLifetime", "\(maxLifetime) is not longer than zero")
        check.require(acquireTimeout > .zero, "acquireTimeout", "\(acquireTimeout) is not longer than zero")
        check.require(healthCheckAfter >= .zero, "healthCheckAfter", "\(healthCheckAfter) is negative")
        check.require((0...1_000_000).contains(maxWaiting), "maxWaiting", "\(maxWaiting) is not in 0 to 1,000,000")
        return check.problems
    }

    /// Throws all problems at once unless the configuration can be used.
    public func validate() throws(InvalidConfiguration) {
        guard problems.isEmpty else { throw InvalidConfiguration(problems: problems) }
    }
}
