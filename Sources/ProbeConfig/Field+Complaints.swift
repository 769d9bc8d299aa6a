// SPDX-License-Identifier: Apache-2.0

import YAMLEvents

extension Field {
    /// Complains about the value.
    ///
    /// A message about a text in which `${env:…}` was replaced quotes what the file says and not what came of it.
    func error(_ message: String, _ detail: DiagnosticDetail = DiagnosticDetail(), related: FileLocation? = nil) {
        sink.error(hidingVariables(in: message), keyPath: keyPath, at: location, related: related, detail)
    }

    /// Complains about the key.
    func keyError(_ message: String, _ detail: DiagnosticDetail = DiagnosticDetail(), related: FileLocation? = nil) {
        sink.error(message, keyPath: keyPath, at: keyLocation, related: related, detail)
    }

    /// Complains about the key, in the name of the mapping that it belongs to.
    func nameError(_ message: String, of mapping: Field, _ detail: DiagnosticDetail = DiagnosticDetail(.invalidName)) {
        sink.error(message, keyPath: mapping.keyPath, at: keyLocation, detail)
    }

    /// Says that something about the value looks wrong, at its key.
    func warning(_ message: String, _ detail: DiagnosticDetail, related: FileLocation? = nil) {
        sink.add(
            Diagnostic(
                severity: .warning,
                location: keyLocation,
                keyPath: keyPath,
                message: "\(keyPath): \(message)",
                related: related,
                detail: detail
            )
        )
    }

    /// `message` with the text as written in the place of everything that it quotes, where `${env:…}` was replaced.
    private func hidingVariables(in message: String) -> String {
        guard case .scalar(let scalar) = node.content, scalar.text.firstRange(of: "${env:") != nil,
            let first = message.firstIndex(of: "\""), let last = message.lastIndex(of: "\""), first != last
        else { return message }
        return message[..<first] + VisibleText.quoted(scalar.text) + message[message.index(after: last)...]
    }
}
