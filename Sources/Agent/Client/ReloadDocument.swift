// SPDX-License-Identifier: Apache-2.0

/// The answer of `POST /api/v1/reload` as `bellwether reload` prints it.
struct ReloadDocument: Decodable {
    var added: [String]
    var changed: [String]
    var removed: [String]
    var unchanged: Int
    var needsRestart: Bool
    var warnings: [Entry]

    enum CodingKeys: String, CodingKey {
        case added, changed, removed, unchanged, warnings
        case needsRestart = "needs_restart"
    }

    /// One diagnostic.
    struct Entry: Decodable {
        var severity: String
        var file: String
        var line: Int?
        var column: Int?
        var message: String

        /// `probes.d/api.yaml:12:15: error: …`, as `bellwether check` writes it.
        var text: String {
            let place = [file, line.map { "\($0)" }, column.map { "\($0)" }].compactMap(\.self).joined(separator: ":")
            return "\(place): \(severity): \(message)".visible
        }
    }

    /// The targets that changed, one a line, and what that adds up to.
    var text: String {
        let lines = added.map { "+ \($0)" } + changed.map { "~ \($0)" } + removed.map { "- \($0)" }
        let counts = [
            "\(added.count) added", "\(changed.count) changed", "\(removed.count) removed", "\(unchanged) unchanged",
        ]
        let restart = needsRestart ? ["settings besides the probes changed; they take a restart"] : []
        return (lines + [counts.joined(separator: ", ")] + restart).joined(separator: "\n")
    }
}
