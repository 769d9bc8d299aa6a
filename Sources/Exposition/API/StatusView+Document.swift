// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension StatusView {
    /// Our own document about one subject, with its code: the same members whatever the subject is.
    ///
    /// `reasons` are words from closed lists and always there; `why`, `change` and `targets` only where detail is shown.
    func document(_ status: SubjectStatus) -> Answer {
        let document: JSONValue = .members([
            "status": .string(status.word),
            "since": .string(status.since.rfc3339),
            "reasons": .array(status.codes.map(JSONValue.string)),
            "why": showsDetail ? .string(status.explanation) : nil,
            "change": showsDetail ? .text(status.change) : nil,
            "sequence": .unsigned(snapshot.sequence),
            "taken_at": .string(snapshot.takenAtWallTime.rfc3339),
            "fail_open": .bool(status.isFailOpen),
            "groups": showsDetail ? .array(status.groups.map(value)) : nil,
            "targets": showsDetail ? .array(status.targets.map(value)) : nil,
        ])
        return answer(status, .json, body: document.serialized())
    }
}
