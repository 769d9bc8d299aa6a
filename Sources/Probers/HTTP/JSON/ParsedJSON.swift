// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// A JSON document taken apart; numbers stay as written.
indirect enum ParsedJSON: Hashable, Sendable {
    case null
    case truth(Bool)
    case number(String)
    case text(String)
    case array([ParsedJSON])
    /// In the order written; a name that is written twice is there twice.
    case object([Member])

    /// One name of an object with its value.
    struct Member: Hashable, Sendable {
        var name: String
        var value: ParsedJSON
    }

    /// One line for a message: a scalar as it is, the size of what has parts.
    var summary: String {
        switch self {
        case .null: "null"
        case .truth(let value): "\(value)"
        case .number(let text): text
        case .text(let text): "\"\(text)\""
        case .array(let elements): "an array of \(elements.count)"
        case .object(let members): "an object of \(members.count)"
        }
    }

    /// Whether this is exactly that value.
    func equals(_ scalar: JSONScalar) -> Bool {
        switch (self, scalar) {
        case (.null, .null): true
        case (.truth(let left), .truth(let right)): left == right
        case (.number(let left), .number(let right)): DecimalNumber(left) == right
        // By scalar values: to Swift a composed and a decomposed é are equal, to the target they need not be.
        case (.text(let left), .text(let right)): left.unicodeScalars.elementsEqual(right.unicodeScalars)
        default: false
        }
    }
}
