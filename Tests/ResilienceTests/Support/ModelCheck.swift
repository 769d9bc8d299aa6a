// SPDX-License-Identifier: Apache-2.0

import ResilienceTestKit
import Testing

/// A policy and a naive model of it, which are given the same commands.
protocol Twins {
    associatedtype Command: Sendable

    /// Both in their first state, with a configuration that `random` picks.
    init(_ random: inout SeededRandom)

    /// The configuration, for the report of a failure.
    var setting: String { get }

    /// Any command; each must make sense in every state, so that a failing list can be shortened.
    static func command(_ random: inout SeededRandom) -> Command

    /// Gives one command to both.
    ///
    /// - Returns: what differs; nil when nothing does.
    mutating func play(_ command: Command) async -> String?

    /// Looks at both when all commands were given.
    mutating func finish() async -> String?
}

extension Twins {
    mutating func finish() async -> String? { nil }
}

/// The shortest list of commands that was found to tell a policy from its model.
struct ModelFailure<Command: Sendable>: Sendable, CustomStringConvertible {
    var seed: UInt64
    var setting: String
    var commands: [Command]
    var difference: String

    var description: String {
        let list = commands.enumerated().map { "  \($0.offset + 1). \($0.element)" }.joined(separator: "\n")
        return "seed \(seed): \(difference)\n\(setting)\n\(list)".withoutModules
    }
}

/// Gives `steps` random commands of `seed` to both twins, and reports the shortest failing list.
func check<Model: Twins>(
    _ model: Model.Type,
    seed: UInt64,
    steps: Int,
    sourceLocation: SourceLocation = #_sourceLocation
) async {
    guard let failure = await findFailure(model, seed: seed, steps: steps) else { return }
    Issue.record("\(failure)", sourceLocation: sourceLocation)
}

/// The shortest failing list that can be found for `seed`; nil when the twins agree.
///
/// The list is cut after the first difference; then shorter and shorter runs of commands are left out as long as it still fails.
func findFailure<Model: Twins>(
    _ model: Model.Type,
    seed: UInt64,
    steps: Int
) async -> ModelFailure<Model.Command>? {
    var random = SeededRandom(seed: seed)
    let start = { () -> Model in
        var random = SeededRandom(seed: ~seed)
        return Model(&random)
    }
    let commands = (0..<steps).map { _ in Model.command(&random) }
    guard var failing = await firstDifference(start(), commands) else { return nil }
    var size = failing.commands.count / 2
    while size >= 1 {
        var position = 0
        while position < failing.commands.count {
            var fewer = failing.commands
            fewer.removeSubrange(position..<min(position + size, fewer.count))
            if let shorter = await firstDifference(start(), fewer) {
                failing = shorter
            } else {
                position += size
            }
        }
        size /= 2
    }
    return ModelFailure(
        seed: seed,
        setting: start().setting,
        commands: failing.commands,
        difference: failing.text
    )
}

/// The commands up to the first difference, and the difference.
private func firstDifference<Model: Twins>(
    _ twins: Model,
    _ commands: [Model.Command]
) async -> (commands: [Model.Command], text: String)? {
    var twins = twins
    for (index, command) in commands.enumerated() {
        if let text = await twins.play(command) { return (Array(commands[...index]), text) }
    }
    return await twins.finish().map { (commands, $0) }
}

/// What differs, unless both sides are equal.
func difference<Value: Equatable>(_ name: String, _ actual: Value, _ expected: Value) -> String? {
    actual == expected ? nil : "\(name) is \(actual), the model says \(expected)"
}

/// The first of several differences.
func firstDifference(_ texts: String?...) -> String? {
    texts.lazy.compactMap(\.self).first
}

extension String {
    /// Without the names of modules and of the contexts of private types, which say nothing in a report.
    fileprivate var withoutModules: String {
        replacing(/\(unknown context at \$[0-9a-f]+\)\./, with: "")
            .replacing("ResilienceTests.", with: "")
            .replacing("Resilience.", with: "")
    }
}
