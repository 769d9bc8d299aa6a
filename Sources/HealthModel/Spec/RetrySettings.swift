// SPDX-License-Identifier: Apache-2.0

/// Further attempts inside one probe, before its outcome counts.
package struct RetrySettings: Hashable, Sendable {
    /// Attempts in one probe at most, the first included; 1 to 10, 1 = no retry, the default.
    package var attempts: Int
    /// Wait before each further attempt, 0 to 60 s.
    package var backoff: Duration

    package init(attempts: Int = 1, backoff: Duration = .milliseconds(100)) {
        self.attempts = attempts
        self.backoff = backoff
    }
}
