// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `auth`: `{basic: {user, password}}` or `{bearer: token}`.
enum CredentialsReader {
    /// The credentials, or nil after a complaint.
    static func read(_ field: Field) -> HTTPCredentials? {
        guard let mapping = MappingReader(field, keys: ContractKeys.httpAuth) else { return nil }
        switch (mapping.field("basic"), mapping.field("bearer")) {
        case (let basic?, nil): return self.basic(basic)
        case (nil, let bearer?):
            bearer.hideText()
            return bearer.secret("a token", text: text).map { .bearer($0) }
        case (.some, let bearer?):
            bearer.keyError("cannot stand beside basic", DiagnosticDetail(.conflict))
        case (nil, nil):
            field.error(
                "says nothing (use {basic: {user: u, password: {file: /path}}} or {bearer: {env: TOKEN}})",
                DiagnosticDetail(.missingValue)
            )
        }
        return nil
    }

    private static func basic(_ field: Field) -> HTTPCredentials? {
        guard let mapping = MappingReader(field, keys: ContractKeys.httpAuthBasic) else { return nil }
        let user = mapping.required("user", "write user: name")?.secret("a user") { field in
            guard let text = text(field) else { return nil }
            // RFC 7617 section 2: the first colon ends the user.
            guard !text.contains(":") else {
                field.error("a user name has no colon", DiagnosticDetail(.invalidValue))
                return nil
            }
            return text
        }
        mapping.field("password")?.hideText()
        let password = mapping.required("password", "write password: {file: /path}")?.secret("a password", text: text)
        guard let user, let password else { return nil }
        return .basic(user: user, password: password)
    }

    private static func text(_ field: Field) -> String? {
        guard let text = field.filledText() else { return nil }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            field.error("has a line break or a control character")
            return nil
        }
        return text
    }
}
