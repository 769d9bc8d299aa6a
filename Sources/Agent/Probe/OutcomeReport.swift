// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel

/// One outcome for the person or program that asked for it.
struct OutcomeReport {
    let spec: ProbeSpec
    let outcome: Outcome
    /// When it came.
    let time: WallTime
    /// How text is coloured.
    var style = TerminalStyle.plain

    /// Verdict and message, then in blocks: where and how long, TLS, what else was seen, what supports the failure.
    var text: String {
        var rows = ReportRows(style: style)
        addPhases(to: &rows)
        rows.endBlock()
        addTLS(to: &rows)
        rows.endBlock()
        addObserved(to: &rows)
        rows.endBlock()
        addEvidence(to: &rows)
        rows.endBlock()
        let head = [
            "\(style.word(outcome.verdict))  \(spec.probe.kind) \(spec.probe.subject)", "  \(finding)", "",
        ]
        return (head + rows.lines.dropLast()).joined(separator: "\n")
    }

    /// One line of a series: number, verdict, duration, where, and what was found.
    func line(_ number: Int) -> String {
        let place = outcome.address.map { "  \($0)" } ?? ""
        let duration = outcome.duration.readable
        let padding = String(repeating: " ", count: max(0, 8 - duration.count))
        let position = String(repeating: " ", count: max(0, 4 - String(number).count)) + String(number)
        return "\(position)  \(style.word(outcome.verdict, width: 9))  \(padding)\(duration)\(place)  \(finding)"
    }

    /// The object of `probe --format json`.
    var json: String {
        let document = OutcomeDocument(target: spec.name.text, kind: spec.probe.kind, outcome: outcome, at: time)
        return String(decoding: document.bytes, as: UTF8.self)
    }

    /// Reason, layer and message of a failure; the message alone where there is none.
    private var finding: String {
        let reason = outcome.failure.map { "\($0.reason.rawValue) (\(outcome.layer.rawValue)): " } ?? ""
        return reason + outcome.message
    }
}

// MARK: - Where, and how long

extension OutcomeReport {
    /// How many characters the whole duration takes in a bar.
    private static let barWidth = 40

    private func addPhases(to rows: inout ReportRows) {
        rows.add("address", outcome.address)
        rows.add("http", httpText)
        var start = Duration.zero
        for phase in Phase.allCases {
            guard let length = outcome.phases[phase] else { continue }
            rows.add(phase.label, Self.column(length) + "  " + bar(from: start, length))
            start += length
        }
        rows.add("total", Self.column(outcome.duration))
    }

    private var httpText: String? {
        guard outcome.observed.httpStatus != nil || outcome.observed.httpVersion != nil else { return nil }
        let version = outcome.observed.httpVersion.map { "HTTP/\($0)" }
        return [version, outcome.observed.httpStatus.map(String.init)].compactMap(\.self).joined(separator: " ")
    }

    private static func column(_ duration: Duration) -> String {
        let text = duration.readable
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
    }

    /// Where in the whole a phase lies: at least one character, so that the shortest can be seen.
    private func bar(from start: Duration, _ length: Duration) -> String {
        let total = outcome.duration.inSeconds
        guard total > 0 else { return "|" + String(repeating: " ", count: Self.barWidth) + "|" }
        let scale = { (duration: Duration) in duration.inSeconds / total * Double(Self.barWidth) }
        let first = min(Self.barWidth - 1, max(0, Int(scale(start))))
        let end = min(Self.barWidth, max(first + 1, Int(scale(start + length).rounded())))
        let blank = { String(repeating: " ", count: $0) }
        return "|" + blank(first) + String(repeating: "#", count: end - first) + blank(Self.barWidth - end) + "|"
    }
}

extension Phase {
    /// The phase in words for people.
    fileprivate var label: String { self == .firstByte ? "first byte" : rawValue }
}

// MARK: - TLS

extension OutcomeReport {
    private func addTLS(to rows: inout ReportRows) {
        guard let tls = outcome.observed.tls else { return }
        let trust = tls.verificationProblem.map { "not verified: \($0)" } ?? (tls.isVerified == true ? "verified" : nil)
        rows.add("tls", [tls.agreement, trust].compactMap(\.self).joined(separator: ", "))
        guard let leaf = tls.leaf else { return }
        rows.add("certificate", leaf.subject.isEmpty ? "(without a subject)" : leaf.subject)
        rows.add("issuer", leaf.issuer, isPart: true)
        rows.add("names", leaf.names.joined(separator: ", "), isPart: true)
        rows.add("serial", leaf.serial, isPart: true)
        rows.add("from", WallTime.rfc3339(secondsSinceEpoch: leaf.notBefore), isPart: true)
        rows.add("until", end(of: leaf), isPart: true)
        rows.add("chain", tls.chain.dropFirst().map { "\($0.subject), until \(end(of: $0))" })
    }

    private func end(of certificate: CertificateFacts) -> String {
        let end = WallTime.rfc3339(secondsSinceEpoch: certificate.notAfter)
        return "\(end), \(certificate.daysLeft(at: time)) days left"
    }
}

// MARK: - What else was seen

extension OutcomeReport {
    private func addObserved(to rows: inout ReportRows) {
        let observed = outcome.observed
        rows.add("serving", observed.servingStatus)
        rows.add("grpc status", observed.grpcStatus.map(String.init))
        rows.add("watch", observed.watch?.rawValue)
        rows.add("close code", observed.closeCode.map(String.init))
        rows.add("exit code", observed.exitCode.map(String.init))
        rows.add("signal", observed.signal.map(String.init))
        rows.add("output", observed.output.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 })
        rows.add(
            "perfdata",
            observed.performanceData.map { datum in
                "\(datum.label) = \(datum.value.map(Self.text) ?? "unknown")\(datum.unit.isEmpty ? "" : " \(datum.unit)")"
            }
        )
        switch observed.facts {
        case .dns(let facts): addDNS(facts, to: &rows)
        case .echo(let facts): addEcho(facts, to: &rows)
        case .processes(let census):
            rows.add("processes", census.summary)
            rows.add("pids", census.ids.map { "\($0)" }.joined(separator: " "))
        case nil: break
        }
    }

    /// A number as it was written, whole ones without a fraction.
    private static func text(_ value: Double) -> String { Int64(exactly: value).map { "\($0)" } ?? "\(value)" }

    private func addDNS(_ facts: DNSFacts, to rows: inout ReportRows) {
        let authority = facts.isAuthoritative ? ", authoritative" : ""
        rows.add("response", "\(facts.summary) over \(facts.transport.rawValue)\(authority)")
        let more = facts.answerCount - facts.answers.count
        rows.add("answers", facts.answers + (more > 0 ? ["and \(more) more"] : []))
    }

    private func addEcho(_ facts: EchoFacts, to rows: inout ReportRows) {
        rows.add("echo", facts.summary)
        guard let fastest = facts.fastest, let mean = facts.mean, let slowest = facts.slowest else { return }
        rows.add("round trip", "min \(fastest.readable), mean \(mean.readable), max \(slowest.readable)")
    }
}

// MARK: - What supports a failure

extension OutcomeReport {
    private func addEvidence(to rows: inout ReportRows) {
        guard let evidence = outcome.failure?.evidence else { return }
        rows.add("failed in", evidence.phase?.label)
        rows.add("system error", evidence.systemError?.description)
        rows.add("curl code", evidence.curlCode.map(String.init))
        rows.add("tls alert", evidence.tlsAlert)
        rows.add("redirected", evidence.redirects)
        // A script's output is shown whole above.
        if outcome.observed.output == nil { rows.add("answer began", evidence.excerpt) }
    }
}
