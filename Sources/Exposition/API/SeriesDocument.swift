// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What several runs of one probe came to: the last object that `bellwether probe --repeat N --format json` prints.
package struct SeriesDocument {
    /// UTF-8, ended by a line feed.
    package let bytes: [UInt8]

    /// - Parameters:
    ///   - count: how many runs had an outcome.
    ///   - verdicts: how many had each verdict.
    ///   - reasons: how many failed for each reason.
    ///   - durations: members of the object of durations; those without a value are null.
    package init(
        count: Int,
        verdicts: [Verdict: Int],
        reasons: [FailureReason: Int],
        durations: [(name: String, value: Duration?)]
    ) {
        let verdictMembers = Verdict.allCases.map { verdict in
            JSONValue.Member(name: verdict.rawValue, value: .integer(Int64(verdicts[verdict] ?? 0)))
        }
        let reasonMembers = FailureReason.allCases.compactMap { reason in
            reasons[reason].map { JSONValue.Member(name: reason.rawValue, value: .integer(Int64($0))) }
        }
        let durationMembers = durations.map { name, value in
            JSONValue.Member(name: name, value: value.map(JSONValue.seconds) ?? .null)
        }
        let summary = JSONValue.members([
            "count": .integer(Int64(count)),
            "verdicts": .object(verdictMembers),
            "reasons": .object(reasonMembers),
            "duration": .object(durationMembers),
        ])
        bytes = JSONValue.members(["summary": summary]).serialized()
    }
}
