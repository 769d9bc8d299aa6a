// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Whether an answer upgrades the connection (RFC 6455, section 4.1, the client's six checks).
package enum UpgradeCheck {
    /// Why `head` is not the upgrade that `request` asked for; nil when it is.
    ///
    /// Stricter than the RFC in one thing: each of the fields that decide stands once, so that no two readers can take a
    /// different one of them.
    package static func problem(with head: AnswerHead, to request: UpgradeRequest) -> (FailureReason, String)? {
        guard head.status == 101 else {
            let words = head.reason.isEmpty ? "" : " \(head.reason)"
            return (.webSocketUpgrade, "\(head.status)\(words), expected 101")
        }
        guard !head.isHTTP10 else { return (.webSocketUpgrade, "101 in HTTP/1.0, which knows no upgrade") }
        for name in ["upgrade", "connection", "sec-websocket-accept", "sec-websocket-protocol"]
        where head.values(of: name).count > 1 {
            return (.webSocketUpgrade, "several \(written(name)) fields in the answer")
        }
        guard let upgrade = head.values(of: "upgrade").first else {
            return (.webSocketUpgrade, "101 without an Upgrade field")
        }
        guard upgrade.lowercased() == "websocket" else { return (.webSocketUpgrade, "101 to \"\(upgrade)\"") }
        let connection = head.values(of: "connection").first ?? ""
        guard tokens(of: connection).contains("upgrade") else {
            return (.webSocketUpgrade, "101 without \"Connection: Upgrade\"")
        }
        guard let accept = head.values(of: "sec-websocket-accept").first else {
            return (.webSocketAccept, "101 without Sec-WebSocket-Accept")
        }
        guard accept == request.accept else {
            return (.webSocketAccept, "Sec-WebSocket-Accept is \"\(accept)\", expected \"\(request.accept)\"")
        }
        if let extensions = head.values(of: "sec-websocket-extensions").first(where: { !$0.isEmpty }) {
            return (.webSocketUpgrade, "extension \"\(extensions)\", but none was offered")
        }
        return subprotocolProblem(with: head, to: request)
    }

    private static func subprotocolProblem(
        with head: AnswerHead,
        to request: UpgradeRequest
    ) -> (FailureReason, String)? {
        switch (head.values(of: "sec-websocket-protocol").first, request.subprotocol) {
        case (nil, nil): nil
        case (nil, let offered?): (.webSocketUpgrade, "subprotocol \"\(offered)\" was not accepted")
        case (let chosen?, nil): (.webSocketUpgrade, "subprotocol \"\(chosen)\", but none was offered")
        case (let chosen?, let offered?):
            chosen == offered ? nil : (.webSocketUpgrade, "subprotocol \"\(chosen)\", offered \"\(offered)\"")
        }
    }

    /// The list in lower case, without the white space around its elements.
    private static func tokens(of value: String) -> [String] {
        value.lowercased().split(separator: ",").map { token in
            String(token.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        }
    }

    private static func written(_ name: String) -> String {
        switch name {
        case "upgrade": "Upgrade"
        case "connection": "Connection"
        case "sec-websocket-accept": "Sec-WebSocket-Accept"
        default: "Sec-WebSocket-Protocol"
        }
    }
}
