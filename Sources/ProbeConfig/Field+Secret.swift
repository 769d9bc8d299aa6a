// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

extension Field {
    /// A text, or `{env: NAME}`, `{file: /path}`, `{credential: name}` for one that is kept elsewhere.
    ///
    /// - Parameters:
    ///   - expected: what should be there, for the complaint.
    ///   - text: reads a text that stands in the file itself.
    /// - Returns: nil after a complaint, which never quotes a text.
    func secret(_ expected: String, text: (Field) -> String?) -> Secret? {
        guard case .mapping(let entries) = node.content else { return text(self).map { .text($0) } }
        guard let entry = entries.first, entries.count == 1, ContractKeys.references.contains(entry.key) else {
            error("expected \(expected), {env: NAME}, {file: /path} or {credential: name}")
            return nil
        }
        guard let secret = child(entry).reference() else { return nil }
        sink.name(NamedSecret(secret: secret, keyPath: keyPath, location: location))
        return secret
    }

    /// Keeps a text that stands here, and is a secret, out of every rendered line.
    func hideText() {
        if case .scalar = node.content { sink.hide(location) }
    }

    /// The one member of a mapping that stands for a text kept elsewhere.
    private func reference() -> Secret? {
        switch key {
        case "file": return absolutePath().map { .file($0) }
        case "env":
            guard let name = filledText("the name of an environment variable") else { return nil }
            guard let complaint = VariableName.complaint(about: name) else { return .environment(name) }
            error("\(VisibleText.quoted(name)) \(complaint)")
            return nil
        default:
            guard let name = filledText("the name of a credential") else { return nil }
            guard name.utf8.count <= 255, !name.contains("/"), ![".", ".."].contains(name) else {
                error("\(VisibleText.quoted(name)) is not a credential's name (a file name without /)")
                return nil
            }
            return .credential(name)
        }
    }
}

/// The names of environment variables (POSIX.1, section 8.1).
enum VariableName {
    /// What is wrong with `name`, in words that follow it; nil when nothing is.
    static func complaint(about name: String) -> String? {
        let isLegal =
            name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
                default: false
                }
            } && !(name.utf8.first.map { (0x30...0x39).contains($0) } ?? true)
        return isLegal ? nil : "is not a variable name ([A-Za-z_][A-Za-z0-9_]*)"
    }
}
