// SPDX-License-Identifier: Apache-2.0

/// How many calls run at once, and how many may wait for how long.
public struct BulkheadConfiguration: Sendable, Hashable {
    /// Calls that run at the same time, at least 1; default 100.
    public var maxConcurrent: Int
    /// Calls that wait for a place, in order of arrival; 0 rejects at once; default 10.
    public var maxQueue: Int
    /// The longest wait for a place, more than zero; a nearer deadline shortens it; default 5 s.
    public var queueTimeout: Duration

    /// Makes a configuration; every parameter has the default that its property documents.
    public init(maxConcurrent: Int = 100, maxQueue: Int = 10, queueTimeout: Duration = .seconds(5)) {
        self.maxConcurrent = maxConcurrent
        self.maxQueue = maxQueue
        self.queueTimeout = queueTimeout
    }

    /// Everything that is wrong with this configuration; empty when it can be used.
    public var problems: [ConfigurationProblem] {
        var check = ConfigurationCheck()
        check.require(maxConcurrent >= 1, "maxConcurrent", "\(maxConcurrent) is less than 1")
        check.require((0...1_000_000).contains(maxQueue), "maxQueue", "\(maxQueue) is not in 0 to 1,000,000")
        check.require(queueTimeout > .zero, "queueTimeout", "\(queueTimeout) is not longer than zero")
        return check.problems
    }

    /// Throws all problems at once unless the configuration can be used.
    public func validate() throws(InvalidConfiguration) {
        guard problems.isEmpty else { throw InvalidConfiguration(problems: problems) }
    }
}
