// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig

/// An explanation as `bellwether check --explain NAME --format json` writes it.
///
/// Every member is always there, null where nothing is known; members are only ever added.
struct ExplanationEntry: Encodable {
    private let explanation: ProbeExplanation

    init(_ explanation: ProbeExplanation) {
        self.explanation = explanation
    }

    private enum Key: String, CodingKey {
        case probe, kind, file, line, column, values, time, snippets
    }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(explanation.spec.name.text, forKey: .probe)
        try object.encode(explanation.spec.probe.kind, forKey: .kind)
        try object.encode(explanation.definition.path, forKey: .file)
        try object.encode(explanation.definition.line, forKey: .line)
        try object.encode(explanation.definition.column, forKey: .column)
        try object.encode(explanation.values.map(Value.init), forKey: .values)
        try object.encode(Time(time: explanation.time), forKey: .time)
        try object.encode(explanation.snippets.map(Snippet.init), forKey: .snippets)
    }

    private struct Value: Encodable {
        private let value: ExplainedValue

        init(_ value: ExplainedValue) {
            self.value = value
        }

        private enum Key: String, CodingKey {
            case key, value, origin, file, line, column
        }

        func encode(to encoder: any Encoder) throws {
            let (origin, place): (String, FileLocation?) =
                switch value.origin {
                case .builtIn: ("built-in", nil)
                case .probe(let place): ("probe", place)
                case .defaults(let place): ("defaults", place)
                }
            var object = encoder.container(keyedBy: Key.self)
            try object.encode(value.key, forKey: .key)
            try object.encode(value.value, forKey: .value)
            try object.encode(origin, forKey: .origin)
            try object.encode(place?.path, forKey: .file)
            try object.encode(place?.line, forKey: .line)
            try object.encode(place?.column, forKey: .column)
        }
    }

    /// Bounds in seconds.
    private struct Time: Encodable {
        let time: ReactionTime

        private enum Key: String, CodingKey {
            case failures
            case detection = "detection_s"
            case firstSign = "first_sign_s"
            case recovery = "recovery_s"
            case longestWait = "longest_wait_s"
        }

        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: Key.self)
            try object.encode(time.failures, forKey: .failures)
            try object.encode(time.detection.map(Self.seconds), forKey: .detection)
            try object.encode(Self.seconds(time.firstSign), forKey: .firstSign)
            try object.encode(Self.seconds(time.recovery), forKey: .recovery)
            try object.encode(Self.seconds(time.longestWait), forKey: .longestWait)
        }

        private static func seconds(_ duration: Duration) -> Double { Double(duration.inNanoseconds) / 1e9 }
    }

    private struct Snippet: Encodable {
        let consumer: String
        let text: String

        init(_ snippet: ConsumerSnippet) {
            consumer = snippet.consumer
            text = snippet.text
        }
    }
}
