// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `process`: a name, or a mapping.
enum ProcessProbeReader {
    /// The most processes that can be asked for.
    static let most = 100_000

    /// The probe, or nil after a complaint.
    static func read(_ field: Field) -> Probe? {
        guard case .mapping = field.node.content else {
            return name(field).map { .process(ProcessProbe(selector: $0)) }
        }
        guard let mapping = MappingReader(field, keys: ContractKeys.process) else { return nil }
        let written = ["name", "pid_file", "unit"].compactMap { mapping.field($0) }
        let selectors = written.map(selector)
        var minimum: Int?
        var maximum: Int?
        for key in ["minimum", "maximum"] {
            guard let bound = mapping.field(key) else { continue }
            if let only = written.first, written.count == 1, only.key != "name" {
                bound.error("only processes with a name are counted; \(only.key) is about one")
            }
            let number = bound.wholeNumber(in: 0...most)
            if key == "minimum" { minimum = number } else { maximum = number }
        }
        if let minimum, let maximum, maximum < minimum {
            mapping.field("maximum")?.error("\(maximum) is less than minimum \(minimum)")
        }
        if maximum == 0, minimum == nil { minimum = 0 }
        guard written.count == 1 else {
            field.sink.error(
                written.isEmpty
                    ? "names no process (write name, pid_file or unit)" : "write one of name, pid_file and unit",
                keyPath: field.keyPath,
                at: field.keyLocation,
                DiagnosticDetail(.missingValue)
            )
            return nil
        }
        if minimum == 0, maximum == nil {
            mapping.field("minimum")?.error("0 without a maximum holds always")
        }
        return selectors.first?.map {
            .process(ProcessProbe(selector: $0, minimum: minimum ?? 1, maximum: maximum))
        }
    }

    private static func selector(_ field: Field) -> ProcessSelector? {
        switch field.key {
        case "name": name(field)
        case "pid_file": field.absolutePath().map { .numberFile($0) }
        default: unit(field)
        }
    }

    /// A program's name, or its whole path.
    private static func name(_ field: Field) -> ProcessSelector? {
        guard let text = field.filledText("a process's name") else { return nil }
        guard !text.contains("/") || text.hasPrefix("/") else {
            field.error("\(VisibleText.quoted(text)) is neither a name nor an absolute path")
            return nil
        }
        guard text.utf8.count <= 4_096 else {
            field.error("\(text.utf8.count) bytes (at most 4096)", DiagnosticDetail(.tooMany))
            return nil
        }
        return .name(text)
    }

    /// A unit that has processes; a name without a type is a service's.
    private static func unit(_ field: Field) -> ProcessSelector? {
        guard let text = field.filledText("a systemd unit") else { return nil }
        let name = text.contains(".") ? text : text + ".service"
        let types = [".service", ".socket", ".mount", ".swap"]
        let isLegal =
            name.utf8.count <= 255 && !name.hasPrefix(".")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: ":-_.\\@".utf8.contains(byte)
                }
            }
        guard isLegal, types.contains(where: { name.hasSuffix($0) }) else {
            field.error("\(VisibleText.quoted(text)) is not a unit that has processes (use nginx.service)")
            return nil
        }
        return .unit(name)
    }
}
