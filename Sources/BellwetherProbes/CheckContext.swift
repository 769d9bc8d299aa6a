// SPDX-License-Identifier: Apache-2.0

/// What a check is told about its run.
public struct CheckContext: Sendable {
    /// The probe's name.
    public let probe: String
    /// When the run is over.
    public let deadline: ContinuousClock.Instant

    /// Makes a context, for tests of a check.
    ///
    /// - Parameters:
    ///   - probe: the probe's name.
    ///   - deadline: when the run is over.
    public init(probe: String, deadline: ContinuousClock.Instant) {
        self.probe = probe
        self.deadline = deadline
    }

    /// How much time is left; zero when none is.
    public var timeLeft: Duration { max(.zero, ContinuousClock.now.duration(to: deadline)) }
}
