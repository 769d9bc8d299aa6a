// SPDX-License-Identifier: Apache-2.0

/// What the schema says about one key.
struct SchemaKey {
    let name: String
    /// What it is for, in one line that ends in a full stop.
    let about: String
    let shape: SchemaShape
    /// The value in force when it is not written, as it would be written.
    var builtIn: String?
    /// What holds when it is not written, where that cannot be written.
    var otherwise: String?

    init(_ name: String, _ about: String, _ shape: SchemaShape, builtIn: String? = nil, otherwise: String? = nil) {
        self.name = name
        self.about = about
        self.shape = shape
        self.builtIn = builtIn
        self.otherwise = otherwise
    }

    /// Its schema, with a line for editors.
    var member: SchemaValue.Member {
        var text = about
        if let range = shape.range { text = "\(text.dropLast()) (\(range))." }
        if let value = builtIn ?? otherwise { text += " Default: \(value)." }
        var schema: SchemaValue = ["description": .text(text)]
        if let builtIn { schema = schema.adding(["default": typed(builtIn)]) }
        return SchemaValue.Member(name: name, value: schema.adding(shape.schema))
    }

    /// `text` as the value that YAML makes of it.
    private func typed(_ text: String) -> SchemaValue {
        switch shape {
        case .truth: .truth(text == "true")
        case .whole, .number: Int(text).map { .whole($0) } ?? .text(text)
        default: .text(text)
        }
    }
}

/// What the schema says about one place of the contract.
struct SchemaPlace {
    /// Its name among the definitions.
    let name: String
    /// The keys that the reader knows there.
    let known: KnownKeys
    let keys: [SchemaKey]
    /// Keys that must be written.
    var required: [String] = []
    /// What else holds, as keywords of JSON Schema.
    var rules: SchemaValue = [:]

    /// Its definition; without required keys nothing written stands for an empty mapping.
    var schema: SchemaValue {
        let isOptional = required.isEmpty && rules == [:]
        let schema: SchemaValue = [
            "type": isOptional ? ["object", "null"] : "object",
            "properties": .object(keys.map(\.member)),
            "additionalProperties": false,
        ]
        return (required.isEmpty ? schema : schema.adding(["required": .list(required.map { .text($0) })]))
            .adding(rules)
    }

    /// Rules: exactly one key is written.
    static let oneKey: SchemaValue = ["minProperties": 1, "maxProperties": 1]

    /// A rule: exactly one of `names` is written.
    static func one(of names: [String]) -> SchemaValue {
        ["oneOf": .list(names.map { ["required": [.text($0)]] })]
    }

    /// A rule: those of `pairs` are not written together.
    static func apart(_ pairs: [[String]]) -> SchemaValue {
        let rules = pairs.map { pair -> SchemaValue in ["not": ["required": .list(pair.map { .text($0) })]] }
        return ["allOf": .list(rules)]
    }
}
