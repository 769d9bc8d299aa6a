// SPDX-License-Identifier: Apache-2.0

/// What happens to the connection after an answer, and so what its `Connection` field says (RFC 9112 section 9.3).
enum ConnectionOutcome: Int, CaseIterable, Hashable, Sendable {
    /// HTTP/1.1: it stays open, which needs no word.
    case persists
    /// HTTP/1.0: it stays open because the client asked for it.
    case keepsAlive
    /// It ends.
    case closes

    /// The field's value; nil = no field.
    var field: String? {
        switch self {
        case .persists: nil
        case .keepsAlive: "keep-alive"
        case .closes: "close"
        }
    }
}
