// SPDX-License-Identifier: Apache-2.0

/// Rows of a label and a value, the values one under the other; blocks of rows are apart by an empty line.
struct ReportRows {
    /// Where values begin: behind the indent, the longest label and two spaces.
    private static let labelWidth = 14

    private(set) var lines: [String] = []
    private let style: TerminalStyle

    init(style: TerminalStyle) {
        self.style = style
    }

    /// A row; nothing without a value.
    ///
    /// - Parameters:
    ///   - label: at most twelve characters.
    ///   - value: of several lines, all are indented alike.
    ///   - isPart: whether the row belongs to the one above it.
    mutating func add(_ label: String, _ value: String?, isPart: Bool = false) {
        guard let value, !value.isEmpty else { return }
        let indent = isPart ? "    " : "  "
        let head =
            indent + label + String(repeating: " ", count: max(1, Self.labelWidth - label.count - (isPart ? 2 : 0)))
        for (number, line) in value.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            lines.append((number == 0 ? style.faint(head) : String(repeating: " ", count: 2 + Self.labelWidth)) + line)
        }
    }

    /// One row for all values, a line each; nothing without any.
    mutating func add(_ label: String, _ values: [String], isPart: Bool = false) {
        add(label, values.joined(separator: "\n"), isPart: isPart)
    }

    /// Lets the next row begin a new block.
    mutating func endBlock() {
        if let last = lines.last, !last.isEmpty { lines.append("") }
    }
}
