// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What is answered when a request cannot be served: one shape everywhere.
package struct ErrorAnswer: Error, Hashable {
    package var kind: Kind
    /// What was seen and what is allowed, for people.
    package var message: String
    /// Fields such as `Allow` that belong to the error.
    package var fields: [HTTPField]
    /// The member of the request's document that is wrong; nil when it is not one.
    package var path: String?
    /// What is wrong with the configuration, where that is the reason.
    package var diagnostics: [ReportedDiagnostic]

    package init(
        _ kind: Kind,
        _ message: String,
        fields: [HTTPField] = [],
        path: String? = nil,
        diagnostics: [ReportedDiagnostic] = []
    ) {
        self.kind = kind
        self.message = message
        self.fields = fields
        self.path = path
        self.diagnostics = diagnostics
    }

    /// What is wrong, with its HTTP code.
    package enum Kind: Int, CaseIterable, Hashable, Sendable {
        case badRequest = 400
        case unauthorized = 401
        case forbidden = 403
        case notFound = 404
        case methodNotAllowed = 405
        case requestTimeout = 408
        case contentTooLarge = 413
        case targetTooLong = 414
        case unsupportedMediaType = 415
        case unprocessable = 422
        case upgradeRequired = 426
        case tooManyRequests = 429
        case fieldsTooLarge = 431
        case methodUnknown = 501
        case unavailable = 503
        case versionUnsupported = 505

        /// The word in the error document, stable in every release.
        package var word: String {
            switch self {
            case .badRequest: "bad_request"
            case .unauthorized: "unauthorized"
            case .forbidden: "forbidden"
            case .notFound: "not_found"
            case .methodNotAllowed: "method_not_allowed"
            case .requestTimeout: "request_timeout"
            case .contentTooLarge: "content_too_large"
            case .targetTooLong: "uri_too_long"
            case .unsupportedMediaType: "unsupported_media_type"
            case .unprocessable: "unprocessable"
            case .upgradeRequired: "upgrade_required"
            case .tooManyRequests: "too_many_requests"
            case .fieldsTooLarge: "header_fields_too_large"
            case .methodUnknown: "not_implemented"
            case .unavailable: "unavailable"
            case .versionUnsupported: "http_version_not_supported"
            }
        }

        /// Whether the same request may succeed later.
        package var isRetryable: Bool {
            switch self {
            case .requestTimeout, .tooManyRequests, .unavailable: true
            default: false
            }
        }
    }

    /// The answer, as our own error document or, where the client prefers it, as RFC 9457 problem details.
    ///
    /// - Parameters:
    ///   - time: when the error happened.
    ///   - requestID: the request's id, as in `X-Request-Id`.
    ///   - asProblem: whether the client asked for `application/problem+json`.
    /// - Returns: the answer with the error's code and fields.
    package func answer(at time: WallTime, requestID: String, asProblem: Bool = false) -> Answer {
        let code = JSONValue.integer(Int64(kind.rawValue))
        let problem: JSONValue = .members([
            "type": .string("about:blank"),
            "title": .string(kind.word),
            "status": code,
            "detail": .string(message),
            "request_id": .string(requestID),
            "path": path.map(JSONValue.string),
            "diagnostics": diagnostics.isEmpty ? nil : .array(diagnostics.map(\.jsonValue)),
        ])
        let document: JSONValue = .members([
            "success": .bool(false),
            "error": .string(kind.word),
            "message": .string(message),
            "code": code,
            "timestamp": .string(time.rfc3339),
            "request_id": .string(requestID),
            "service": .string("bellwether"),
            "retryable": .bool(kind.isRetryable),
            "path": path.map(JSONValue.string),
            "diagnostics": diagnostics.isEmpty ? nil : .array(diagnostics.map(\.jsonValue)),
        ])
        return Answer(
            code: kind.rawValue,
            contentType: asProblem ? .problemJSON : .json,
            fields: fields,
            document: asProblem ? problem : document
        )
    }
}
