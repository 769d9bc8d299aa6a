// SPDX-License-Identifier: Apache-2.0

/// What a check says; the message is one line for people, of which 200 characters are shown.
public enum CheckResult: Hashable, Sendable {
    /// As it should be.
    case healthy(String)
    /// It works, but not as it should.
    case degraded(String)
    /// It does not work. Counts against the target's breaker.
    case unhealthy(String)
    /// The check itself could not be made; counts for and against nothing.
    case unknown(String)
}
