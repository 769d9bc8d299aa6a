// SPDX-License-Identifier: Apache-2.0

/// What only one kind of probe sees.
package indirect enum KindFacts: Hashable, Sendable {
    case dns(DNSFacts)
}

/// What a DNS answer said.
package struct DNSFacts: Hashable, Sendable {
    /// How it ended, `NOERROR`, `NXDOMAIN`, or `RCODE 11` for a number without a word.
    package var code: String
    /// The records of the asked type, in order, each as `dig +short` writes it; the first 32.
    package var answers: [String]
    /// How many records of the asked type there were.
    package var answerCount: Int
    /// Whether the server had the answer itself (AA).
    package var isAuthoritative: Bool
    /// How the answer came: TCP also after an answer that did not fit into a datagram.
    package var transport: DNSTransport

    /// Most answers that are kept.
    package static let mostAnswers = 32

    package init(
        code: String,
        answers: [String],
        answerCount: Int,
        isAuthoritative: Bool,
        transport: DNSTransport
    ) {
        self.code = code
        self.answers = answers
        self.answerCount = answerCount
        self.isAuthoritative = isAuthoritative
        self.transport = transport
    }

    /// A few words for people: `NOERROR, 2 answers`.
    package var summary: String {
        "\(code), \(answerCount == 1 ? "1 answer" : "\(answerCount) answers")"
    }
}

extension KindFacts {
    /// A few words for people, to be followed by how long it took.
    package var summary: String {
        switch self {
        case .dns(let facts): facts.summary
        }
    }
}
