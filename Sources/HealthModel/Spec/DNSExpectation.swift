// SPDX-License-Identifier: Apache-2.0

/// What a DNS answer must be.
package struct DNSExpectation: Hashable, Sendable {
    /// How the answer must end; default NOERROR.
    package var code: DNSResponseCode
    /// Fewest records of the asked type; nil = 1 when the code is NOERROR, 0 otherwise.
    package var minimumAnswers: Int?
    /// Whether the server must have the answer itself (AA) or must not; nil = either.
    package var authoritative: Bool?
    /// What the records must be.
    package var answers: [DNSAnswerMatch]
    /// How `answers` and the records are held against each other; default all.
    package var rule: DNSAnswerRule

    package init(
        code: DNSResponseCode = .noError,
        minimumAnswers: Int? = nil,
        authoritative: Bool? = nil,
        answers: [DNSAnswerMatch] = [],
        rule: DNSAnswerRule = .all
    ) {
        self.code = code
        self.minimumAnswers = minimumAnswers
        self.authoritative = authoritative
        self.answers = answers
        self.rule = rule
    }
}

/// How expected and found records are held against each other.
package enum DNSAnswerRule: String, CaseIterable, Hashable, Sendable {
    /// Every entry is met by at least one record; more records may be there.
    case all
    /// At least one entry is met by a record.
    case any
    /// Every record meets at least one entry: nothing unexpected is there.
    case only
}

/// What one record's text must be; the text is as `dig +short` writes it, without dots at the end of names.
package enum DNSAnswerMatch: Hashable, Sendable {
    /// The same text; names regardless of case, addresses in any spelling.
    case exactly(String)
    /// A regular expression that occurs in the text.
    case matches(String)
}
