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
    package var location: FileLocation
    /// The keys that lead to it: `probes.checkout.timeout`; empty for a file as a whole or a syntax error.
    package var keyPath: String
    /// What was seen and what is allowed, key path included.
    ///
    /// In lower case, without a full stop, free of control characters, and without the content of a file that only its owner
    /// should see, so it may be logged.
    package var message: String
    /// The other place that it is about: the first of two definitions.
    package var related: FileLocation?
    /// The columns of the source line at which a secret stands, as ranges that end before their upper bound.
    var hidden: [Range<Int>] = []
    /// The kind of mistake, and its parts for programs; what `message` may not show is not here either.
    package var detail: DiagnosticDetail

    package init(
        severity: Severity,
        location: FileLocation,
        keyPath: String,
        message: String,
        related: FileLocation? = nil,
        detail: DiagnosticDetail = DiagnosticDetail()
    ) {
        self.severity = severity
        self.location = location
        self.keyPath = keyPath
        self.message = message
        self.related = related
        self.detail = detail
    }
}
