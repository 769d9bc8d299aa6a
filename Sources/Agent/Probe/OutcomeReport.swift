// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel

/// One outcome for the person or program that asked for it.
struct OutcomeReport {
    let spec: ProbeSpec
    let outcome: Outcome

    /// A few lines: verdict and message, then where and how long.
    var text: String {
        var lines = ["\(outcome.verdict.rawValue)  \(spec.probe.kind) \(spec.probe.subject)"]
        let reason = outcome.failure.map { "\($0.reason.rawValue) (\(outcome.layer.rawValue)): " } ?? ""
        lines.append("  \(reason)\(outcome.message)")
        let phases = Phase.allCases.compactMap { phase in
            outcome.phases[phase].map { "\(phase.rawValue) \($0.readable)" }
        }
        var detail = ["total \(outcome.duration.readable)"] + phases
        if let address = outcome.address { detail.insert(address, at: 0) }
        lines.append("  " + detail.joined(separator: ", "))
        if let excerpt = outcome.failure?.evidence.excerpt { lines.append("  answer began with: \(excerpt)") }
        return lines.joined(separator: "\n")
    }

    /// The object of `probe --format json`.
    var json: String {
        let document = OutcomeDocument(target: spec.name.text, kind: spec.probe.kind, outcome: outcome)
        return String(decoding: document.bytes, as: UTF8.self)
    }
}
