// SPDX-License-Identifier: Apache-2.0

/// What a subscriber is sent.
package enum EventNotice: Hashable, Sendable {
    /// A change.
    case event(EventMessage)
    /// Changes that are gone: how many, nil when nobody knows because the numbers are those of an earlier run of the agent.
    case missed(UInt64?)
    /// The agent is shutting down; nothing follows.
    case draining

    /// How long a client waits before it connects again, in milliseconds.
    package static let retry = 2_000

    /// The beginning of every stream of server-sent events.
    package static let opening = Array("retry: \(retry)\n\n".utf8)

    /// What is sent when nothing happens, so that both sides see that the other one is there: a comment.
    package static let heartbeat = Array(": alive\n\n".utf8)

    /// The document on one line: an event's own, `{"missed":12}` or `{"draining":true}`.
    package var json: [UInt8] {
        switch self {
        case .event(let message): message.json
        case .missed(let count): Array("{\"missed\":\(count.map { String($0) } ?? "null")}".utf8)
        case .draining: Array("{\"draining\":true}".utf8)
        }
    }

    /// The notice as a server-sent event (WHATWG HTML section 9.2.5): changes have the default type, the others their own.
    package var serverSent: [UInt8] {
        let head =
            switch self {
            case .event(let message): "id: \(message.sequence)\ndata: "
            case .missed: "event: missed\ndata: "
            case .draining: "event: draining\ndata: "
            }
        return Array(head.utf8) + json + Array("\n\n".utf8)
    }
}
