// SPDX-License-Identifier: Apache-2.0

/// How often a call is repeated, and how long to wait in between.
public struct RetryConfiguration: Sendable {
    /// All calls of one operation, the first one included; at least 1; default 3.
    public var maxAttempts: Int
    /// The wait after the first attempt, before jitter; not negative; default 100 ms.
    public var initialBackoff: Duration
    /// The longest wait, jitter included; at least `initialBackoff`; default 30 s.
    public var maxBackoff: Duration
    /// How the wait grows from attempt to attempt; default exponential.
    public var growth: BackoffGrowth
    /// The factor of exponential growth, at least 1; 1 keeps the wait constant; default 2.
    public var multiplier: Double
    /// How a wait is spread at random; default ``BackoffJitter/proportional(_:)`` of 0.1.
    public var jitter: BackoffJitter
    /// Decides whether an error is worth another attempt; default ``RetryDecision/standard(_:)``.
    ///
    /// It sees the error of the operation; errors of other policies are looked through.
    public var classify: @Sendable (any Error) -> RetryDecision

    /// Makes a configuration; every parameter has the default that its property documents.
    public init(
        maxAttempts: Int = 3,
        initialBackoff: Duration = .milliseconds(100),
        maxBackoff: Duration = .seconds(30),
        growth: BackoffGrowth = .exponential,
        multiplier: Double = 2,
        jitter: BackoffJitter = .proportional(0.1),
        classify: @escaping @Sendable (any Error) -> RetryDecision = RetryDecision.standard
    ) {
        self.maxAttempts = maxAttempts
        self.initialBackoff = initialBackoff
        self.maxBackoff = maxBackoff
        self.growth = growth
        self.multiplier = multiplier
        self.jitter = jitter
        self.classify = classify
    }

    /// Everything that is wrong with this configuration; empty when it can be used.
    public var problems: [ConfigurationProblem] {
        var check = ConfigurationCheck()
        check.require(maxAttempts >= 1, "maxAttempts", "\(maxAttempts) is less than 1")
        check.require(initialBackoff >= .zero, "initialBackoff", "\(initialBackoff) is negative")
        check.require(
            maxBackoff >= initialBackoff,
            "maxBackoff",
            "\(maxBackoff) is shorter than the initialBackoff of \(initialBackoff)"
        )
        check.require(
            multiplier.isFinite && multiplier >= 1,
            "multiplier",
            "\(multiplier) is not a number of at least 1"
        )
        if case .proportional(let share) = jitter {
            check.require(share >= 0 && share <= 1, "jitter", "\(share) is not in 0 to 1")
        }
        return check.problems
    }

    /// Throws all problems at once unless the configuration can be used.
    public func validate() throws(InvalidConfiguration) {
        guard problems.isEmpty else { throw InvalidConfiguration(problems: problems) }
    }
}
