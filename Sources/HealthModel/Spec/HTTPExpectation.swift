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
    /// Conditions on the answer's fields, in the order written.
    package var headers: [HeaderExpectation]
    /// Conditions on places of the body, which must be a JSON document, in the order written.
    package var json: [JSONExpectation]

    package init(
        statuses: [ClosedRange<Int>] = [200...299],
        bodyContains: [String] = [],
        bodyMatches: [String] = [],
        bodyNotMatches: [String] = [],
        headers: [HeaderExpectation] = [],
        json: [JSONExpectation] = []
    ) {
        self.statuses = statuses
        self.bodyContains = bodyContains
        self.bodyMatches = bodyMatches
        self.bodyNotMatches = bodyNotMatches
        self.headers = headers
        self.json = json
    }

    /// Whether no condition looks at more of an answer than its status.
    package var needsStatusOnly: Bool { headers.isEmpty && !needsBody }

    /// Whether any condition needs the body's bytes.
    package var needsBody: Bool {
        !(bodyContains.isEmpty && bodyMatches.isEmpty && bodyNotMatches.isEmpty && json.isEmpty)
    }
}

/// A field that an answer must have.
package struct HeaderExpectation: Hashable, Sendable {
    /// The field's name as written; compared without regard to case.
    package var name: String
    /// The regular expression (PCRE2) that must match somewhere in the value of at least one field of that name.
    package var pattern: String

    package init(name: String, pattern: String) {
        self.name = name
        self.pattern = pattern
    }
}
