// SPDX-License-Identifier: Apache-2.0

/// Opens at N failures among the last M calls, whatever the rates say.
public struct SlidingFailures: Sendable, Hashable {
    /// The failures that open, in 1 to ``of``.
    public var failures: Int
    /// How many calls are looked back on, in 1 to 1,000,000.
    public var of: Int

    /// Opens at `failures` failures among the last `of` calls.
    ///
    /// - Parameters:
    ///   - failures: the failures that open, in 1 ... `of`.
    ///   - of: how many calls are looked back on.
    public init(_ failures: Int, of: Int) {
        self.failures = failures
        self.of = of
    }
}
