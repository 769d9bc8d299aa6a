// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import ProbeConfig

/// Random defaults and probes against the rule they follow: key by key the nearest value wins.
@Suite("Merging of defaults")
struct MergingTests {
    @Test("every value is that of the nearest place that says it, and is known to come from there", arguments: 0..<150)
    func model(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let main = Layer(using: &random)
        let file = Layer(using: &random)
        let probes = (0..<3).map { _ in Layer(using: &random) }
        let mainSource = ConfigurationSource(path: "bellwether.yaml", text: main.defaults)
        let fileSource = ConfigurationSource(
            path: "probes.d/a.yaml",
            text: file.defaults + "probes:\n"
                + probes.enumerated().map { "  p\($0): {tcp: 'h:\($0 + 1)'\($1.members(after: true))}\n" }.joined()
        )
        let configuration: Configuration
        do {
            configuration = try Configuration(main: mainSource, probeFiles: [fileSource])
        } catch {
            Issue.record("\(error.diagnostics.render(sources: [mainSource, fileSource]))")
            return
        }
        for (index, probe) in probes.enumerated() {
            let explained = try ProbeExplanation(of: "p\(index)", main: mainSource, probeFiles: [fileSource])
            #expect(explained.spec == configuration.probes[index])
            for key in Layer.keys {
                let nearest = [probe, file, main].enumerated().first { $0.element.values[key] != nil }
                let value = try #require(explained.values.first { $0.key == key }, "\(key)")
                guard let (layer, place) = nearest, let text = place.values[key] else {
                    #expect(value.origin == .builtIn, "\(key) of \(fileSource.bytes.count)")
                    continue
                }
                #expect(value.value == text, "\(key)")
                let source = layer == 2 ? mainSource : fileSource
                #expect(Self.origin(value.origin).isProbe == (layer == 0))
                #expect(Self.written(at: Self.origin(value.origin).place, in: source).hasPrefix(text), "\(key)")
            }
            let tags = main.tags.merging(file.tags) { $1 }.merging(probe.tags) { $1 }
            #expect(explained.spec.tags == tags)
        }
    }

    @Test("the order of keys and of files does not matter", arguments: 0..<40)
    func order(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let layers = (0..<4).map { _ in Layer(using: &random) }
        let files = layers.enumerated().map { index, layer in
            ConfigurationSource(
                path: "probes.d/\(index).yaml",
                text: layer.defaults + "probes: {p\(index): {tcp: 'h:\(index + 1)'}}\n"
            )
        }
        let shuffled = layers.enumerated().map { index, layer in
            ConfigurationSource(
                path: "probes.d/\(index).yaml",
                text: "probes: {p\(index): {tcp: 'h:\(index + 1)'}}\n" + layer.shuffled(using: &random).defaults
            )
        }.shuffled(using: &random)
        #expect(
            try Configuration(main: nil, probeFiles: files).probes
                == Configuration(main: nil, probeFiles: shuffled).probes
        )
    }

    private static func origin(_ origin: ExplainedValue.Origin) -> (isProbe: Bool, place: FileLocation?) {
        switch origin {
        case .builtIn: (false, nil)
        case .probe(let place): (true, place)
        case .defaults(let place): (false, place)
        }
    }

    /// What a file says from a place on; nothing where the place is in another file.
    private static func written(at place: FileLocation?, in source: ConfigurationSource) -> String {
        guard let place, place.path == source.path, let number = place.line, let column = place.column,
            let line = SourceLines(source.bytes).line(number)
        else { return "" }
        return String(line.dropFirst(column - 1))
    }
}

/// What one place says: some of the keys, each with a value that contradicts no other.
private struct Layer {
    private static let choices: [(key: String, values: [String])] = [
        ("interval", ["5s", "6.5s", "1m"]), ("timeout", ["100ms", "1s", "4s"]), ("jitter", ["0%", "5%", "50%"]),
        ("initial_delay", ["0s", "3s"]), ("impact", ["required", "degrading", "informational"]),
        ("description", ["one", "two"]), ("retry.attempts", ["1", "2"]), ("retry.backoff", ["0s", "20ms"]),
        ("breaker.failure_threshold", ["1", "5"]), ("breaker.failure_rate", ["10%", "off"]),
        ("breaker.minimum_calls", ["2", "3"]), ("breaker.window", ["20 calls", "50 calls"]),
        ("breaker.n_of_m", ["3 of 5", "off"]), ("breaker.success_threshold", ["1", "2"]),
        ("breaker.half_open_max_calls", ["4", "5"]), ("breaker.half_open_interval", ["200ms", "2s"]),
        ("breaker.open_for", ["1s", "4s"]), ("breaker.backoff.multiplier", ["1", "1.5"]),
        ("breaker.backoff.max", ["10s", "1m"]), ("breaker.backoff.jitter", ["0%", "20%"]),
        ("breaker.while_open", ["pause", "observe"]),
    ]

    static let keys = choices.map(\.key)

    private var order: [String]
    let values: [String: String]
    let tags: [String: String]

    init(using random: inout SplitMix64) {
        var values: [String: String] = [:]
        for choice in Self.choices where Int.random(in: 0..<3, using: &random) == 0 {
            values[choice.key] = choice.values.randomElement(using: &random)
        }
        var tags: [String: String] = [:]
        for name in ["a", "b", "c"] where Bool.random(using: &random) {
            tags[name] = ["x", "y", "z"].randomElement(using: &random)
        }
        self.values = values
        self.tags = tags
        order = Self.keys
    }

    /// The same, said in another order.
    func shuffled(using random: inout SplitMix64) -> Layer {
        var copy = self
        copy.order.shuffle(using: &random)
        return copy
    }

    /// `defaults` of a file, on one line.
    var defaults: String { "defaults: {\(members(after: false))}\n" }

    /// The members of a flow mapping, with a comma before the first where they come after others.
    func members(after others: Bool) -> String {
        var own: [String] = []
        for key in order where !key.contains(".") {
            if let value = values[key] { own.append("\(key): \(value)") }
        }
        for section in ["retry", "breaker"] {
            let text = nested(section + ".")
            if !text.isEmpty { own.append("\(section): {\(text)}") }
        }
        if !tags.isEmpty {
            own.append(
                "tags: {" + tags.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
                    + "}"
            )
        }
        let text = own.joined(separator: ", ")
        return others && !text.isEmpty ? ", " + text : text
    }

    private func nested(_ prefix: String) -> String {
        let direct = order.filter { $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains(".") }
        var own = direct.compactMap { key in values[key].map { "\(key.dropFirst(prefix.count)): \($0)" } }
        if prefix == "breaker." {
            let inner = nested("breaker.backoff.")
            if !inner.isEmpty { own.append("backoff: {\(inner)}") }
        }
        return own.joined(separator: ", ")
    }
}
