// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `metadata`: the custom metadata of a gRPC call (gRPC over HTTP/2, `Custom-Metadata`).
///
/// A name with several values has them in a list. The value of a name that ends in `-bin` is binary, written as base64.
enum GRPCMetadataReader {
    /// The metadata in the order written, those first whose values are texts; nil after a complaint about the whole.
    static func read(_ field: Field) -> (fields: [HTTPField], secrets: [SecretField])? {
        guard let entries = field.entries() else { return nil }
        var (metadata, secrets): ([HTTPField], [SecretField]) = ([], [])
        for entry in entries {
            let child = field.child(entry)
            if let complaint = complaint(about: entry.key) {
                field.sink.error(
                    "\(VisibleText.quoted(entry.key)) \(complaint)",
                    keyPath: field.keyPath,
                    at: child.keyLocation
                )
            }
            for item in values(of: child) {
                let secret = item.secret("a text") { value($0, isBinary: entry.key.hasSuffix("-bin")) }
                guard let secret else { continue }
                if case .text(let text) = secret {
                    metadata.append(HTTPField(name: entry.key, value: text))
                } else {
                    secrets.append(SecretField(name: entry.key, value: secret))
                }
            }
        }
        let count = metadata.count + secrets.count
        guard count <= HeaderReader.mostFields else {
            field.error("\(count) values (at most \(HeaderReader.mostFields))", DiagnosticDetail(.tooMany))
            return nil
        }
        return (metadata, secrets)
    }

    /// The values of one name: a list of them, or the only one.
    private static func values(of field: Field) -> [Field] {
        if case .mapping = field.node.content { return [field] }
        return field.items(wrapsSingle: true) ?? []
    }

    private static func complaint(about name: String) -> String? {
        if name.hasPrefix(":") { return "is a pseudo-header of HTTP/2, which the agent sets" }
        let lower = name.lowercased()
        let isName =
            !lower.isEmpty
            && lower.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: "_-.".utf8.contains(byte)
                }
            }
        guard isName else { return "is not the name of metadata (a-z 0-9 _ - .)" }
        guard lower == name else { return "is not in lower case (use \"\(lower)\")" }
        if name.hasPrefix("grpc-") { return "is reserved for gRPC itself" }
        if name == "host" { return "is set by the agent (use authority)" }
        let own = ["content-type", "content-length", "te", "transfer-encoding", "connection", "upgrade", "keep-alive"]
        return own.contains(name) ? "is set by the agent" : nil
    }

    private static func value(_ field: Field, isBinary: Bool) -> String? {
        guard let text = field.text() else { return nil }
        guard text.utf8.count <= HeaderReader.longestValue else {
            field.error("the value is longer than \(HeaderReader.longestValue) bytes", DiagnosticDetail(.outOfRange))
            return nil
        }
        guard isBinary else {
            guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
                field.error("a value is printable ASCII (anything else goes under a name that ends in -bin, as base64)")
                return nil
            }
            return text
        }
        guard isBase64(text) else {
            field.error("\(VisibleText.quoted(text)) is not base64 (the value of a name that ends in -bin is)")
            return nil
        }
        return text
    }

    /// Whether `text` is base64 (RFC 4648 section 4), with or without its padding.
    private static func isBase64(_ text: String) -> Bool {
        let digits = text.utf8.prefix { $0 != UInt8(ascii: "=") }
        let padding = text.utf8.count - digits.count
        let isMade = digits.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"): true
            default: false
            }
        }
        let isPadded = text.utf8.suffix(padding).allSatisfy { $0 == UInt8(ascii: "=") }
        return isMade && isPadded && digits.count % 4 != 1 && (padding == 0 || (digits.count + padding) % 4 == 0)
    }
}
