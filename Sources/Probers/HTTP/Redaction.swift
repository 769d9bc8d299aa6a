// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Hides secrets in what a target says: an answer that echoes the request must not put them into a log.
struct Redaction {
    private let hidden: [String]

    /// Hides nothing, as there is no secret.
    static let none = Redaction(hiding: [])

    /// Hides every occurrence of these texts; shorter than four bytes they would hide half of every message, so they are not.
    init(hiding texts: [String]) {
        hidden = texts.filter { $0.utf8.count >= 4 }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// Whether there is nothing to hide.
    var isEmpty: Bool { hidden.isEmpty }

    /// `outcome` with the secrets replaced by `***`, in its message and in its excerpt.
    func applied(to outcome: Outcome) -> Outcome {
        guard !hidden.isEmpty, var failure = outcome.failure else { return outcome }
        failure.message = applied(to: failure.message)
        failure.evidence.excerpt = failure.evidence.excerpt.map(applied)
        var outcome = outcome
        outcome.failure = failure
        return outcome
    }

    /// `text` with the secrets replaced; the beginning of one counts too where the text was cut within it.
    func applied(to text: String) -> String {
        var text = text
        for secret in hidden {
            text = text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
            // Where a message was cut there is an ellipsis, and an excerpt is cut at its end.
            text = text.split(separator: "…", omittingEmptySubsequences: false)
                .map { Self.withoutBeginning(of: secret, $0) }
                .joined(separator: "…")
        }
        return text
    }

    /// `text`, whose end may be the beginning of `secret`, without that.
    private static func withoutBeginning(of secret: String, _ text: Substring) -> String {
        let bytes = Array(text.utf8)
        let beginning = Array(secret.utf8.prefix(bytes.count))
        var count = beginning.count
        while count >= 4 {
            if bytes.suffix(count).elementsEqual(beginning.prefix(count)) {
                return String(decoding: bytes.dropLast(count), as: UTF8.self) + "***"
            }
            count -= 1
        }
        return String(text)
    }
}
