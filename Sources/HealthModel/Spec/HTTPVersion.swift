// SPDX-License-Identifier: Apache-2.0

/// Which version of HTTP a probe speaks.
package enum HTTPVersion: String, CaseIterable, Hashable, Sendable {
    /// HTTP/2 where TLS agrees on it (ALPN, RFC 7301), else HTTP/1.1. The default.
    case auto
    /// HTTP/1.1 only.
    case http1 = "1.1"
    /// HTTP/2 only: over TLS by ALPN, and a server that does not agree fails as `protocol`; without TLS by prior knowledge.
    case http2 = "2"
    /// HTTP/2 only, and without TLS from the first byte (RFC 9113 section 3.3); over TLS the same as `http2`.
    case http2PriorKnowledge = "2-prior-knowledge"

    /// Whether an answer in an older version is no answer.
    package var requiresHTTP2: Bool { self == .http2 || self == .http2PriorKnowledge }
}
