// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `script`: a command as a list, or a mapping.
///
/// A command in one string is refused: no shell takes part, so nothing could say where it is to be cut.
enum ScriptProbeReader {
    /// The most words of a command.
    static let mostWords = 256
    /// The most that is kept of a script's output: 64 KiB.
    static let mostOutput = 64 * 1_024

    /// The probe, or nil after a complaint.
    static func read(_ field: Field) -> Probe? {
        guard case .mapping = field.node.content else {
            return command(field).map { .script(ScriptProbe(command: $0)) }
        }
        guard let mapping = MappingReader(field, keys: ContractKeys.script) else { return nil }
        let words = mapping.required("command", "write command: [/path/to/program, argument]").flatMap(command)
        var probe = ScriptProbe(command: words ?? [])
        mapping.read("environment", into: &probe.environment) { $0.texts(nameComplaint) }
        mapping.read("max_output", into: &probe.maximumOutputBytes) { $0.size(in: 1...mostOutput) }
        mapping.read("protocol", into: &probe.exitProtocol) { $0.choice() }
        return words == nil ? nil : .script(probe)
    }

    private static func command(_ field: Field) -> [String]? {
        if case .scalar = field.node.content, !field.isNull {
            field.error("a command is a list, no shell takes it apart (use [/path/to/program, argument])")
            return nil
        }
        guard let items = field.items() else { return nil }
        guard let program = items.first else {
            field.error("names no program (use [/path/to/program, argument])")
            return nil
        }
        guard items.count <= mostWords else {
            field.error("\(items.count) words (at most \(mostWords))")
            return nil
        }
        let path = program.absolutePath()
        let arguments = items.dropFirst().map { $0.text() }
        guard let path, !arguments.contains(nil) else { return nil }
        return [path] + arguments.compactMap(\.self)
    }

    private static func nameComplaint(_ name: String) -> String? {
        let isLegal =
            name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
                default: false
                }
            } && !(name.utf8.first.map { (0x30...0x39).contains($0) } ?? true)
        return isLegal ? nil : "is not a variable name ([A-Za-z_][A-Za-z0-9_]*)"
    }
}
