// SPDX-License-Identifier: Apache-2.0

/// An answer and where it comes from.
public struct FallbackAnswer<Value: Sendable>: Sendable {
    /// Where an answer comes from.
    public typealias Source = FallbackSource

    /// The answer.
    public let value: Value
    /// Where it comes from.
    public let source: Source

    /// The HTTP fields that mark an answer that does not come from the call: `X-Data-Source`, and `Age` in whole
    /// seconds for a cached one (RFC 9111 section 5.1).
    ///
    /// Empty for an answer of the call itself.
    public var headers: [(name: String, value: String)] {
        switch source {
        case .operation: []
        case .call: [("X-Data-Source", "fallback")]
        case .cache(let age): [("X-Data-Source", "cache"), ("Age", String(max(0, age.components.seconds)))]
        case .value: [("X-Data-Source", "default")]
        }
    }
}
