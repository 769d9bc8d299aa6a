// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig

/// A probe that stands on the command line instead of in a file.
///
/// It is read as a file would be, so that the same texts are legal, mean the same, and are refused with the same words.
package struct AdHocProbe: Hashable, Sendable {
    /// What one key of the kind is set to.
    package enum Value: Hashable, Sendable {
        case text(String)
        case texts([String])
        case truth
    }

    /// One key of the kind, and the option that gives it.
    package struct Setting: Hashable, Sendable {
        let key: String
        let option: String
        let value: Value

        /// - Parameters:
        ///   - key: as in a file.
        ///   - option: named when the value is refused: `--server`.
        ///   - value: what it is set to.
        package init(_ key: String, from option: String, _ value: Value) {
            self.key = key
            self.option = option
            self.value = value
        }
    }

    private let kind: String
    private let settings: [Setting]

    /// - Parameters:
    ///   - kind: the word for the kind, as in a file.
    ///   - settings: its keys; the first is what the probe is about.
    package init(_ kind: String, _ settings: [Setting]) {
        self.kind = kind
        self.settings = settings
    }

    /// The probe's definition, which is called `probe`.
    ///
    /// - Throws: what is wrong with the options, a line each.
    func spec() throws(AdHocProblem) -> ProbeSpec {
        let source = ConfigurationSource(path: "command line", bytes: Array(document.utf8))
        do throws(ConfigurationRefusal) {
            let probes = try Configuration(main: nil, probeFiles: [source], variables: .system).probes
            guard let probe = probes.first else { preconditionFailure("no probe in \(document)") }
            return probe
        } catch {
            let errors = error.diagnostics.filter { $0.severity == .error }
            throw AdHocProblem(lines: errors.map(line))
        }
    }

    /// The file that would say the same.
    var document: String {
        let keys = settings.map { "\($0.key): \(Self.text(of: $0.value))" }
        return "probes: {probe: {\(kind): {\(keys.joined(separator: ", "))}}}\n"
    }

    private func line(_ diagnostic: Diagnostic) -> String {
        let path = diagnostic.keyPath
        let key = settings.first { path.hasSuffix(".\(kind).\($0.key)") }
        let prefix = path + ": "
        let message =
            diagnostic.message.hasPrefix(prefix)
            ? String(diagnostic.message.dropFirst(prefix.count)) : diagnostic.message
        return "\((key ?? settings.first)?.option ?? "--\(kind)"): \(message)"
    }

    private static func text(of value: Value) -> String {
        switch value {
        case .text(let text): quoted(text)
        case .texts(let texts): "[" + texts.map(quoted).joined(separator: ", ") + "]"
        case .truth: "true"
        }
    }

    /// A double-quoted scalar (YAML 1.2.2, section 7.3.1) that means exactly `text`.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// What is wrong with a probe on the command line.
struct AdHocProblem: Error, Hashable {
    /// One mistake each: `--tcp: "x" has no port`.
    let lines: [String]
}
