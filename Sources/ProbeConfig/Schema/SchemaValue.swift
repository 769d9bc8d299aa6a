// SPDX-License-Identifier: Apache-2.0

/// A JSON value whose members keep the order in which they were written.
indirect enum SchemaValue: Hashable, Sendable {
    case null
    case truth(Bool)
    case whole(Int)
    case number(Double)
    case text(String)
    case list([SchemaValue])
    case object([Member])

    struct Member: Hashable, Sendable {
        let name: String
        let value: SchemaValue
    }

    /// The value as a document, two spaces for each level; lists and objects without inner structure stand on one line.
    func render(indentation: Int = 0) -> String {
        let inner = String(repeating: " ", count: indentation + 2)
        let outer = String(repeating: " ", count: indentation)
        switch self {
        case .list(let items) where !isFlat:
            return "[\n" + items.map { inner + $0.render(indentation: indentation + 2) }.joined(separator: ",\n")
                + "\n\(outer)]"
        case .object(let members) where !isFlat:
            let lines = members.map {
                "\(inner)\(Self.quoted($0.name)): \($0.value.render(indentation: indentation + 2))"
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
        default: return line
        }
    }

    /// Whether it fits on a line: no list or object within, and short.
    private var isFlat: Bool {
        switch self {
        case .list(let items): items.allSatisfy(\.isScalar)
        case .object(let members): members.allSatisfy { $0.value.isScalar } && line.utf8.count <= 100
        default: true
        }
    }

    private var isScalar: Bool {
        switch self {
        case .list, .object: false
        default: true
        }
    }

    private var line: String {
        switch self {
        case .null: "null"
        case .truth(let truth): truth ? "true" : "false"
        case .whole(let number): "\(number)"
        case .number(let number): DecimalText.render(number)
        case .text(let text): Self.quoted(text)
        case .list(let items): "[" + items.map(\.line).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.name)): \($0.value.line)" }.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension SchemaValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral text: String) { self = .text(text) }
    init(integerLiteral number: Int) { self = .whole(number) }
    init(booleanLiteral truth: Bool) { self = .truth(truth) }
    init(arrayLiteral items: SchemaValue...) { self = .list(items) }
    init(dictionaryLiteral members: (String, SchemaValue)...) {
        self = .object(members.map { Member(name: $0.0, value: $0.1) })
    }

    /// This object with the members of `other` behind its own.
    func adding(_ other: SchemaValue) -> SchemaValue {
        guard case .object(let own) = self, case .object(let more) = other else { return other }
        return .object(own + more)
    }
}
