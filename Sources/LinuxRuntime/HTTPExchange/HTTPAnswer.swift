// SPDX-License-Identifier: Apache-2.0

/// The final answer of an exchange: interim (1xx) and followed redirect answers are not part of it.
package struct HTTPAnswer: Hashable, Sendable {
    /// The status code, three digits as sent: a server may send one outside 100 to 599.
    package var status: Int
    /// `1.0`, `1.1` or `2`.
    package var version: String
    /// The fields in the order they arrived.
    package var headers: HTTPHeaders
    /// The fields that came after the body, in the order they arrived; together with `headers` within the bounds of one answer.
    package var trailers: HTTPHeaders
    /// The first bytes of the body, as many as the request keeps.
    package var body: [UInt8]
    /// How many bytes of the body arrived.
    package var bodyLength: Int

    package init(
        status: Int,
        version: String,
        headers: HTTPHeaders,
        trailers: HTTPHeaders = HTTPHeaders(lines: []),
        body: [UInt8],
        bodyLength: Int
    ) {
        self.status = status
        self.version = version
        self.headers = headers
        self.trailers = trailers
        self.body = body
        self.bodyLength = bodyLength
    }
}
