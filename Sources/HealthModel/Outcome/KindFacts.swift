// SPDX-License-Identifier: Apache-2.0

/// What only one kind of probe sees.
package indirect enum KindFacts: Hashable, Sendable {
    case dns(DNSFacts)
    case echo(EchoFacts)
    case processes(ProcessCensus)
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

/// How echo requests were answered.
package struct EchoFacts: Hashable, Sendable {
    /// How many requests the run sent.
    package var sent: Int
    /// How many of them were answered in time.
    package var received: Int
    /// Round trips; nil when nothing was answered.
    package var fastest: Duration?
    package var mean: Duration?
    package var slowest: Duration?

    package init(sent: Int, received: Int, fastest: Duration?, mean: Duration?, slowest: Duration?) {
        self.sent = sent
        self.received = received
        self.fastest = fastest
        self.mean = mean
        self.slowest = slowest
    }

    /// Share of requests without a reply, 0 to 1.
    package var loss: Double { sent == 0 ? 0 : Double(sent - received) / Double(sent) }

    /// A few words for people: `2 of 3 replies`.
    package var summary: String { "\(received) of \(sent) replies" }

    /// In words, how many requests may be lost at most when that share may: `at most 1`, or `none`.
    package func mostLost(_ share: Double) -> String {
        let count = Int((Double(sent) * share).rounded(.down))
        return count == 0 ? "none" : "at most \(count)"
    }
}

/// How many processes were found.
package struct ProcessCensus: Hashable, Sendable {
    package var count: Int
    /// Their numbers, the first 16; none for a unit's.
    package var ids: [Int32]

    package init(count: Int, ids: [Int32]) {
        self.count = count
        self.ids = ids
    }

    /// A few words for people: `2 processes`.
    package var summary: String { count == 1 ? "1 process" : "\(count) processes" }
}

extension KindFacts {
    /// One line for people about a run that passed and took `duration`.
    package func message(after duration: Duration) -> String {
        switch self {
        case .dns(let facts): "\(facts.summary) in \(duration.readable)"
        case .echo(let facts): "\(facts.summary), round trip \((facts.mean ?? .zero).readable)"
        case .processes(let census): census.summary
        }
    }
}
