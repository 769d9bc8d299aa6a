// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel

/// One outcome for the person or program that asked for it.
struct OutcomeReport {
    let spec: ProbeSpec
    let outcome: Outcome
    /// When it came.
    let time: WallTime

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
        lines += tlsLines
        if let redirects = outcome.failure?.evidence.redirects, !redirects.isEmpty {
            lines.append("  redirected: \(redirects.joined(separator: " → "))")
        }
        if let excerpt = outcome.failure?.evidence.excerpt { lines.append("  answer began with: \(excerpt)") }
        return lines.joined(separator: "\n")
    }

    /// What TLS agreed on, and the server's own certificate.
    private var tlsLines: [String] {
        guard let tls = outcome.observed.tls else { return [] }
        var lines: [String] = []
        let agreement = [tls.version, tls.cipher, tls.verificationProblem.map { "not verified: \($0)" }].compactMap(
            \.self
        )
        if !agreement.isEmpty { lines.append("  " + agreement.joined(separator: ", ")) }
        if let leaf = tls.leaf { lines.append("  certificate of " + text(leaf)) }
        if let first = tls.firstToExpire, first != tls.leaf { lines.append("  first to end: " + text(first)) }
        return lines
    }

    private func text(_ certificate: CertificateFacts) -> String {
        let end = WallTime.rfc3339(secondsSinceEpoch: certificate.notAfter)
        return "\(certificate.subject), until \(end), \(certificate.daysLeft(at: time)) days left"
    }

    /// The object of `probe --format json`.
    var json: String {
        let document = OutcomeDocument(target: spec.name.text, kind: spec.probe.kind, outcome: outcome, at: time)
        return String(decoding: document.bytes, as: UTF8.self)
    }
}
