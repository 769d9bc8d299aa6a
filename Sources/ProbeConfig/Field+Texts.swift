// SPDX-License-Identifier: Apache-2.0

import YAMLEvents

extension Field {
    /// A mapping of free names to texts, as of `tags` and `environment`.
    ///
    /// - Parameter checkName: complains about a name, when it is not legal, in words that follow the quoted name.
    /// - Returns: the texts that could be read; nil, after a complaint, when it is no mapping.
    func texts(_ checkName: (String) -> String? = { _ in nil }) -> [String: String]? {
        guard let entries = entries() else { return nil }
        var texts: [String: String] = [:]
        for entry in entries {
            let field = child(entry)
            if entry.key.isEmpty || entry.key.unicodeScalars.contains("\0") {
                sink.error(
                    "\(VisibleText.quoted(entry.key)) is not a name",
                    keyPath: keyPath,
                    at: field.keyLocation,
                    DiagnosticDetail(.invalidName)
                )
            } else if let complaint = checkName(entry.key) {
                sink.error(
                    "\(VisibleText.quoted(entry.key)) \(complaint)",
                    keyPath: keyPath,
                    at: field.keyLocation
                )
            }
            texts[entry.key] = field.text()
        }
        return texts
    }
}
