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

    /// The object of echo requests; nil for any other kind.
    var echoJSON: JSONValue? {
        guard case .echo(let facts) = self else { return nil }
        return .members([
            "sent": .integer(Int64(facts.sent)),
            "received": .integer(Int64(facts.received)),
            "loss": .number(facts.loss),
            "fastest_s": facts.fastest.map(JSONValue.seconds),
            "mean_s": facts.mean.map(JSONValue.seconds),
            "slowest_s": facts.slowest.map(JSONValue.seconds),
        ])
    }

    /// The object of processes; nil for any other kind.
    var processJSON: JSONValue? {
        guard case .processes(let census) = self else { return nil }
        return .members([
            "count": .integer(Int64(census.count)),
            "pids": .array(census.ids.map { .integer(Int64($0)) }),
        ])
    }
}
