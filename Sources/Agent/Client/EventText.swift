// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The lines of a stream of server-sent events as `bellwether events` prints them; pure.
struct EventText {
    /// Whether events are printed as they come, for programs.
    let isJSON: Bool
    private var type = ""
    /// The number of the last event.
    private(set) var last: UInt64?
    /// Whether the agent has said that it is shutting down.
    private(set) var isDraining = false

    init(isJSON: Bool) {
        self.isJSON = isJSON
    }

    private struct Event: Decodable {
        var endpoint: String
        var oldState: String
        var newState: String
        var timestamp: String
        var reason: String
        var sequence: UInt64

        enum CodingKeys: String, CodingKey {
            case endpoint, timestamp, reason, sequence
            case oldState = "old_state"
            case newState = "new_state"
        }
    }

    private struct Missed: Decodable {
        var missed: UInt64?
    }

    /// Takes one line of the stream; what is to be printed for it, nil when nothing is.
    mutating func take(_ line: String) -> String? {
        if let value = line.dropping("event: ") {
            type = value
            return nil
        }
        guard let data = line.dropping("data: ") else {
            if line.isEmpty { type = "" }
            return nil
        }
        isDraining = isDraining || type == "draining"
        let document = Data(data.utf8)
        if let event = try? JSONDecoder().decode(Event.self, from: document), type.isEmpty {
            last = event.sequence
            return isJSON ? data : Self.text(event)
        }
        if isJSON { return data }
        switch type {
        case "draining": return "the agent is shutting down"
        case "missed":
            let count = (try? JSONDecoder().decode(Missed.self, from: document))?.missed
            return count.map { "… \($0) \($0 == 1 ? "event" : "events") missed" }
                ?? "… events missed: the agent was restarted"
        default: return nil
        }
    }

    private static func text(_ event: Event) -> String {
        let endpoint = event.endpoint.isEmpty ? "(aggregate)" : event.endpoint
        let reason = event.reason.visible
        return
            "\(event.timestamp.visible)  \(endpoint.visible)  \(event.oldState.visible) → \(event.newState.visible)  \(reason)"
    }
}

extension String {
    /// What follows `prefix`; nil when the text does not begin with it.
    fileprivate func dropping(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }

    /// The text with control characters made visible, so that a target's words cannot steer a terminal.
    var visible: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.isControl {
                text += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}
