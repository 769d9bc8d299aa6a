// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// Colours of what a command prints; none unless a person reads it in a terminal and wants them.
struct TerminalStyle: Hashable {
    /// Whether anything is coloured.
    let isColored: Bool

    /// Text as it is, for files, pipes and golden tests.
    static let plain = TerminalStyle(isColored: false)

    /// The style for standard output: colours on a terminal that is not `dumb`, unless `NO_COLOR` is set and not empty
    /// (no-color.org).
    static var ofStandardOutput: TerminalStyle {
        TerminalStyle(isTerminal: StandardStreams.outputIsTerminal, environment: ProcessEnvironment.value(of:))
    }

    init(isColored: Bool) {
        self.isColored = isColored
    }

    /// - Parameters:
    ///   - isTerminal: whether a terminal is written to.
    ///   - environment: gives the value of a variable.
    init(isTerminal: Bool, environment: (String) -> String?) {
        isColored = isTerminal && (environment("NO_COLOR") ?? "").isEmpty && Self.canDraw(environment)
    }

    /// Whether the terminal understands more than lines of text.
    static func canDraw(_ environment: (String) -> String?) -> Bool { (environment("TERM") ?? "dumb") != "dumb" }

    /// The word for a verdict, in its colour, followed by spaces up to `width`.
    func word(_ verdict: Verdict, width: Int = 0) -> String {
        let word = verdict.rawValue
        return painted(word, as: verdict) + String(repeating: " ", count: max(0, width - word.count))
    }

    /// Text in the colour of a verdict.
    func painted(_ text: String, as verdict: Verdict) -> String {
        let code =
            switch verdict {
            case .healthy: "1;32"
            case .degraded: "1;33"
            case .unhealthy: "1;31"
            case .unknown: "1;35"
            }
        return painted(text, code)
    }

    /// Text that matters less than what is around it.
    func faint(_ text: String) -> String { painted(text, "2") }

    private func painted(_ text: String, _ code: String) -> String {
        isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
