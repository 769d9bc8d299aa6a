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
        mapping.read("environment", into: &probe.environment) { $0.texts(VariableName.complaint) }
        probe.user = mapping.value("user", user)
        mapping.read("directory", into: &probe.directory) { $0.absolutePath() }
        mapping.read("mode", into: &probe.mode) { $0.choice() }
        mapping.read("limits", into: &probe.limits, limits)
        mapping.read("max_output", into: &probe.maximumOutputBytes) { $0.size(in: Limits.maximumOutput) }
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

    /// An account by name, as useradd allows them, or by number.
    private static func user(_ field: Field) -> String? {
        guard let text = field.filledText("a user") else { return nil }
        let isLegal =
            text.utf8.count <= 32 && !text.hasPrefix("-")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: "_-.".utf8.contains(byte)
                }
            }
        let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isLegal, !isNumber || UInt32(text) != nil else {
            field.error("\(VisibleText.quoted(text)) is not a user's name or number")
            return nil
        }
        return text
    }

    private static func limits(_ field: Field) -> ScriptLimits? {
        guard let mapping = MappingReader(field, keys: ContractKeys.scriptLimits) else { return nil }
        var limits = ScriptLimits()
        limits.memoryBytes = mapping.value("memory") { $0.size(in: Limits.scriptMemory) }
        limits.cpuSeconds = mapping.value("cpu") { field in
            guard let time = field.duration(in: Limits.scriptTime) else { return nil }
            guard time.components.attoseconds == 0 else {
                field.error("processor time is counted in whole seconds")
                return nil
            }
            return Int(time.components.seconds)
        }
        limits.fileBytes = mapping.value("file_size") { $0.size(in: Limits.scriptFile) }
        return limits
    }
}
