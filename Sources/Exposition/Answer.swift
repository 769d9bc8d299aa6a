// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What is answered to one request: the code, what kind of text it is, and the text.
///
/// Fields that every answer carries (length, caching, date, connection) are added by whoever sends it.
package struct Answer: Hashable, Sendable {
    /// The HTTP status code.
    package var code: Int
    /// The media type of the body.
    package var contentType: ContentType
    /// Response fields that belong to this answer, in the order they are sent.
    package var fields: [HTTPField]
    /// The text, in UTF-8.
    package private(set) var body: [UInt8]
    /// How many bytes the text has, also once it was taken out.
    package let length: Int

    /// The media types that are answered.
    package enum ContentType: String, CaseIterable, Hashable, Sendable {
        case text = "text/plain; charset=utf-8"
        case json = "application/json"
        /// draft-inadarei-api-health-check-06.
        case healthJSON = "application/health+json"
        /// RFC 9457.
        case problemJSON = "application/problem+json"
        /// Spring Boot's actuator, third version of its API.
        case actuatorJSON = "application/vnd.spring-boot.actuator.v3+json"
        /// The Prometheus text format, version 0.0.4.
        case prometheus = "text/plain; version=0.0.4; charset=utf-8"
        /// OpenMetrics, version 1.0.0.
        case openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    }

    package init(code: Int, contentType: ContentType, fields: [HTTPField] = [], body: [UInt8]) {
        self.code = code
        self.contentType = contentType
        self.fields = fields
        self.body = body
        length = body.count
    }

    /// The answer without its text, for whoever keeps that in another form and not twice.
    package func withoutBody() -> Answer {
        var answer = self
        answer.body = []
        return answer
    }

    /// An answer with a JSON document as its body.
    init(code: Int, contentType: ContentType = .json, fields: [HTTPField] = [], document: JSONValue) {
        self.init(code: code, contentType: contentType, fields: fields, body: document.serialized())
    }
}
