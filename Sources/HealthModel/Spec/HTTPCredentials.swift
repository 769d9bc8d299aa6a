// SPDX-License-Identifier: Apache-2.0

/// A request field whose value must not be shown.
package struct SecretField: Hashable, Sendable {
    /// The field's name as written.
    package var name: String
    package var value: Secret

    package init(name: String, value: Secret) {
        self.name = name
        self.value = value
    }
}

/// How a request says who asks: its `Authorization` field (RFC 9110 section 11.6.2).
package enum HTTPCredentials: Hashable, Sendable {
    /// RFC 7617: user and password, in UTF-8.
    case basic(user: Secret, password: Secret)
    /// RFC 6750: a token.
    case bearer(Secret)
}
