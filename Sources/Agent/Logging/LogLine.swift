// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Logging

/// One log event as bytes, in one of the three forms; pure.
///
/// Whatever a target or a file put into a message or field stays inside its line: control characters are escaped, and a line
/// is cut at 4,096 bytes, which a pipe takes whole or not at all.
struct LogLine {
    /// The longest line, its newline included.
    static let maximumBytes = 4_096

    var time: WallTime
    var level: Logger.Level
    var message: String
    var fields: [(name: String, value: String)]

    /// Renders the line in `format`; `auto` must have been decided before.
    func rendered(as format: LogSettings.Format) -> [UInt8] {
        let text =
            switch format {
            case .json: json
            case .journald: "<\(priority)>" + human
            case .auto, .text: "\(time.rfc3339) \(level.rawValue.padded(to: 8)) " + human
            }
        guard text.utf8.count >= Self.maximumBytes else { return Array(text.utf8) + [UInt8(ascii: "\n")] }
        return Array(text.utf8.prefix(Self.maximumBytes - 4)) + Array("…\n".utf8)
    }

    /// The syslog priority (RFC 5424 section 6.2.1) that systemd reads from `<N>`.
    private var priority: Int {
        switch level {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }

    private var human: String {
        fields.reduce(into: message.escaped(quotes: false)) { line, field in
            let value = field.value
            let isPlain = value.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x3D }
            line += " \(field.name)=" + (isPlain && !value.isEmpty ? value : "\"\(value.escaped(quotes: true))\"")
        }
    }

    private var json: String {
        let head = [("time", time.rfc3339), ("level", level.rawValue), ("message", message)]
        let members = (head + fields.map { ($0.name, $0.value) })
            .map { "\"\($0.0.escaped(quotes: true))\":\"\($0.1.escaped(quotes: true))\"" }
        return "{" + members.joined(separator: ",") + "}"
    }
}

extension String {
    /// The text with control characters (and quotes) escaped as JSON does it (RFC 8259 section 7).
    fileprivate func escaped(quotes: Bool) -> String {
        guard unicodeScalars.contains(where: { $0.needsEscape(quotes: quotes) }) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case "\"" where quotes: result += "\\\""
            case "\\" where quotes: result += "\\\\"
            case _ where scalar.needsEscape(quotes: quotes):
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}

extension Unicode.Scalar {
    fileprivate func needsEscape(quotes: Bool) -> Bool {
        value < 0x20 || (0x7F...0x9F).contains(value) || (quotes && (self == "\"" || self == "\\"))
    }
}
