// SPDX-License-Identifier: Apache-2.0

/// One method of one path, as the description has it.
struct APIOperation {
    let path: String
    let method: String
    private let id: String
    private let summary: String
    /// The schema of the answer; nil = any object.
    private let schema: String?
    private let body: String?
    private let query: [(name: String, schema: JSONValue)]
    private let contentType: String

    init(
        _ method: String,
        _ path: String,
        _ id: String,
        _ summary: String,
        _ schema: String?,
        body: String? = nil,
        query: [(String, JSONValue)] = [],
        contentType: String = Answer.ContentType.json.rawValue
    ) {
        self.method = method
        self.path = path
        self.id = id
        self.summary = summary
        self.schema = schema
        self.body = body
        self.query = query.map { (name: $0.0, schema: $0.1) }
        self.contentType = contentType
    }

    var jsonValue: JSONValue {
        let success = schema.map(Schema.reference) ?? Schema.anyObject
        let ok = JSONValue.Member(
            name: "200",
            value: .members([
                "description": .string("done"), "content": Self.content([(contentType, success)]),
            ])
        )
        return .members([
            "operationId": .string(id),
            "summary": .string(summary),
            "parameters": parameters.isEmpty ? nil : .array(parameters),
            "requestBody": body.map {
                .members(["content": Self.content([("application/json", Schema.reference($0))])])
            },
            "responses": .object([ok] + errors),
        ])
    }

    private var parameters: [JSONValue] {
        var all: [JSONValue] = []
        if path.contains("{target}") {
            all.append(Self.parameter("target", "path", Schema.name, example: .string("checkout")))
        }
        if path.contains("{id}") { all.append(Self.parameter("id", "path", Schema.integer, example: .integer(1))) }
        return all + query.map { Self.parameter($0.name, "query", $0.schema, example: nil) }
    }

    /// The codes that this operation may end with, all in one shape.
    private var errors: [JSONValue.Member] {
        var kinds: [ErrorAnswer.Kind] = [
            .badRequest, .unauthorized, .forbidden, .methodNotAllowed, .contentTooLarge, .tooManyRequests,
            .fieldsTooLarge,
        ]
        if path.contains("{") { kinds.append(.notFound) }
        if method != "get" { kinds += [.unsupportedMediaType, .unprocessable] }
        if method != "get" || path.hasSuffix("/history") || path.hasSuffix("/events") {
            kinds.append(.unavailable)
        }
        return kinds.sorted { $0.rawValue < $1.rawValue }.map { kind in
            JSONValue.Member(
                name: String(kind.rawValue),
                value: .members([
                    "description": .string(kind.word),
                    "content": Self.content([
                        (Answer.ContentType.json.rawValue, Schema.reference("Error")),
                        (Answer.ContentType.problemJSON.rawValue, Schema.reference("Problem")),
                    ]),
                ])
            )
        }
    }

    private static func parameter(
        _ name: String,
        _ place: String,
        _ schema: JSONValue,
        example: JSONValue?
    ) -> JSONValue {
        .members([
            "name": .string(name), "in": .string(place), "required": .bool(place == "path"), "schema": schema,
            "example": example,
        ])
    }

    private static func content(_ types: [(String, JSONValue)]) -> JSONValue {
        .object(types.map { JSONValue.Member(name: $0.0, value: .members(["schema": $0.1])) })
    }
}
