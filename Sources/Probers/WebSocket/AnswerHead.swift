// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Status line and fields of an HTTP/1 answer.
package struct AnswerHead: Hashable, Sendable {
    /// Whether the version is HTTP/1.0, which knows no upgrade.
    package var isHTTP10: Bool
    /// 100 to 599.
    package var status: Int
    /// The words after the status, perhaps none.
    package var reason: String
    /// In order; values without the white space around them.
    package var fields: [HTTPField]

    package init(isHTTP10: Bool, status: Int, reason: String, fields: [HTTPField] = []) {
        self.isHTTP10 = isHTTP10
        self.status = status
        self.reason = reason
        self.fields = fields
    }

    /// The values of all fields of that name, which is in lower case.
    package func values(of name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name }.map(\.value)
    }
}
