// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension ConfigurationState {
    /// Which configuration is in force, why a newer one is not, and how changes are noticed.
    var jsonValue: JSONValue {
        let (word, period, reason): (String, Duration?, String?) =
            switch noticing {
            case .events: ("events", nil, nil)
            case .looks(let every, let because): ("looks", every, because)
            case .nothing: ("nothing", nil, nil)
            }
        return .members([
            "valid": .bool(isValid),
            "accepted_at": .string(acceptedAt.rfc3339),
            "refused_at": .text(refusal?.at.rfc3339),
            "error_count": .integer(Int64(refusal?.count ?? 0)),
            "errors": .array((refusal?.problems ?? []).map(JSONValue.string)),
            "noticed_by": .string(word),
            "looks_every_s": .optional(period),
            "looks_because": .text(reason),
        ])
    }
}
