// SPDX-License-Identifier: Apache-2.0

/// What a passing HTTP answer looks like; every condition must hold.
package struct HTTPExpectation: Hashable, Sendable {
    /// Accepted status codes; default 200 to 299.
    package var statuses: [ClosedRange<Int>]
    /// Texts that the body must contain, byte for byte.
    package var bodyContains: [String]
    /// Regular expressions (PCRE2) that must match somewhere in the body.
    package var bodyMatches: [String]
    /// Regular expressions (PCRE2) that must not match anywhere in the body.
    package var bodyNotMatches: [String]

    package init(
        statuses: [ClosedRange<Int>] = [200...299],
        bodyContains: [String] = [],
        bodyMatches: [String] = [],
        bodyNotMatches: [String] = []
    ) {
        self.statuses = statuses
        self.bodyContains = bodyContains
        self.bodyMatches = bodyMatches
        self.bodyNotMatches = bodyNotMatches
    }

    /// Whether any condition needs the body's bytes.
    package var needsBody: Bool {
        !(bodyContains.isEmpty && bodyMatches.isEmpty && bodyNotMatches.isEmpty)
    }
}
