// SPDX-License-Identifier: Apache-2.0

/// One thing that is wrong, or looks wrong, in the configuration.
package struct Diagnostic: Error, Hashable, Sendable {
    /// How bad it is.
    package enum Severity: String, Hashable, Sendable {
        /// The configuration is refused.
        case error
        /// The configuration is taken.
        case warning
    }

    package var severity: Severity
    /// Where it is.
    package var location: SourceLocation
    /// The keys that lead to it: `probes.checkout.timeout`; empty for a file as a whole or a syntax error.
    package var keyPath: String
    /// What was seen and what is allowed, key path included, in lower case, without a full stop. Free of control characters.
    package var message: String
    /// The other place that it is about: the first of two definitions.
    package var related: SourceLocation?

    package init(
        severity: Severity,
        location: SourceLocation,
        keyPath: String,
        message: String,
        related: SourceLocation? = nil
    ) {
        self.severity = severity
        self.location = location
        self.keyPath = keyPath
        self.message = message
        self.related = related
    }
}
