// SPDX-License-Identifier: Apache-2.0

/// What an operator asked for: by whom, why, and until when.
public struct OperatorRequest: Sendable, Hashable, CustomStringConvertible {
    /// Why, in the operator's words.
    public let reason: String?
    /// Who asked.
    public let by: String?
    /// When it ends by itself, as a time since the origin of the breaker's ``TimeSource``; nil when only an operator ends it.
    public let until: Duration?

    init(reason: String?, by requester: String?, until: Duration?) {
        self.reason = reason
        by = requester
        self.until = until
    }

    /// Who and why: `by alice: database upgrade`, or `by an operator`.
    public var description: String {
        "by \(by ?? "an operator")" + (reason.map { ": \($0)" } ?? "")
    }
}
