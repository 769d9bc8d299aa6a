// SPDX-License-Identifier: Apache-2.0

/// The checks of one Kubernetes style endpoint, and their text.
///
/// The format is the API server's (`healthz.go`): `[+]name ok`, `[-]name failed: reason`, `[+]name excluded: ok`, a
/// warning for names that matched nothing, and a last line that names the endpoint.
struct CheckList {
    /// One line of the list.
    struct Check {
        /// A target's name, or `agent/…`, which no target can be called.
        let name: String
        /// Why it fails; nil when it passes.
        var failure: String?
        /// What is worth knowing although it passes.
        var note: String?
        /// Whether a client may exclude it.
        var isExcludable = false
    }

    /// `readyz`, `livez` or `startupz`.
    let endpoint: String
    let checks: [Check]
    /// Whether every target has a line of its own; otherwise one line, `targets`, stands for all of them.
    let namesTargets: Bool

    /// Names of excluded checks, and those that were asked for but match nothing.
    private let excluded: Set<String>
    private let unmatched: [String]

    init(_ endpoint: String, _ checks: [Check], excluding names: [String], namesTargets: Bool) {
        self.endpoint = endpoint
        self.checks = checks
        self.namesTargets = namesTargets
        let asked = Set(names)
        excluded = asked.intersection(checks.lazy.filter(\.isExcludable).map(\.name))
        unmatched = asked.subtracting(excluded).sorted()
    }

    /// Whether no check fails but excluded ones.
    var passes: Bool {
        checks.allSatisfy { $0.failure == nil || excluded.contains($0.name) }
    }

    /// `ok`, or every line when that was asked for or a check fails.
    func text(isVerbose: Bool) -> String {
        guard isVerbose || !passes else { return "ok" }
        var text = ""
        for check in namesTargets ? checks : summarized() {
            if excluded.contains(check.name) {
                text += "[+]\(check.name) excluded: ok\n"
            } else if let failure = check.failure {
                text += "[-]\(check.name) failed: \(singleLine(failure))\n"
            } else {
                text += "[+]\(check.name) ok\(check.note.map { ": " + singleLine($0) } ?? "")\n"
            }
        }
        if !unmatched.isEmpty {
            let names = unmatched.map { quoted($0) }.joined(separator: ", ")
            text += "warn: some health checks cannot be excluded: no matches for \(names)\n"
        }
        return text + "\(endpoint) check \(passes ? "passed" : "failed")\n"
    }

    /// The checks with all targets in one: it fails with what those fail with that are not excluded.
    private func summarized() -> [Check] {
        let targets = checks.filter(\.isExcludable)
        guard !targets.isEmpty else { return checks }
        let counted = targets.filter { !excluded.contains($0.name) }
        let failures = Set(counted.compactMap(\.failure)).sorted()
        let summary = Check(
            name: "targets",
            failure: failures.isEmpty ? nil : failures.joined(separator: ", "),
            note: nil
        )
        return checks.filter { !$0.isExcludable } + [summary]
    }
}

/// The text with every control character and line separator as a space, so that it cannot add a line of its own.
func singleLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: \.breaksLine) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.breaksLine ? " " : $0 }))
}

extension Unicode.Scalar {
    fileprivate var breaksLine: Bool {
        switch self {
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }
}
