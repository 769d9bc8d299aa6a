// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension KindFacts {
    /// The object of a DNS answer; nil for any other kind.
    var dnsJSON: JSONValue? {
        guard case .dns(let facts) = self else { return nil }
        return .object(
            JSONValue.list([
                "code": .string(facts.code),
                "answers": .array(facts.answers.map(JSONValue.string)),
                "answer_count": .integer(Int64(facts.answerCount)),
                "authoritative": .bool(facts.isAuthoritative),
                "transport": .string(facts.transport.rawValue),
            ])
        )
    }
}
