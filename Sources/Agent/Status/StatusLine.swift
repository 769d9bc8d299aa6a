// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// A line that `bellwether status` shows, in pieces that may have a colour.
///
/// What an agent says comes from its targets in the end, so no control character of it reaches the terminal.
struct StatusLine: Hashable {
    struct Piece: Hashable {
        var text: String
        /// The verdict in whose colour it is written; nil = none.
        var verdict: Verdict?
    }

    private(set) var pieces: [Piece]

    init(_ text: String = "") {
        pieces = [Piece(text: Self.harmless(text), verdict: nil)]
    }

    /// Adds a piece.
    mutating func append(_ text: String, _ verdict: Verdict? = nil) {
        pieces.append(Piece(text: Self.harmless(text), verdict: verdict))
    }

    /// Without colours.
    var plain: String { pieces.map(\.text).joined() }

    /// The line with its colours, cut to `columns` characters, the last of which is then `…`.
    func drawn(_ style: TerminalStyle, columns: Int? = nil) -> String {
        let count = pieces.reduce(0) { $0 + $1.text.count }
        var left = columns ?? count
        let isCut = count > left
        if isCut { left = max(0, left - 1) }
        var line = ""
        for piece in pieces where left > 0 {
            let text = String(piece.text.prefix(left))
            left -= text.count
            line += piece.verdict.map { style.painted(text, as: $0) } ?? text
        }
        return isCut ? line + "…" : line
    }

    private static func harmless(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }
}

/// Rows of cells under a heading, in columns as wide as their longest cell.
struct StatusTable {
    /// A cell, with the verdict in whose colour it is written.
    typealias Cell = (text: String, verdict: Verdict?)

    private let heading: [String]
    private var rows: [[Cell]] = []

    init(_ heading: String...) {
        self.heading = heading
    }

    /// Adds a row, with a cell for each column.
    mutating func add(_ row: [Cell]) {
        precondition(row.count == heading.count, "a row of \(row.count) cells under \(heading.count) columns")
        rows.append(row)
    }

    /// Its lines; the last cell of each has no spaces behind it.
    var lines: [StatusLine] {
        let all = [heading.map { (text: $0, verdict: nil) as Cell }] + rows
        let widths = heading.indices.map { column in all.map { $0[column].text.count }.max() ?? 0 }
        return all.map { row in
            var line = StatusLine()
            for (column, cell) in row.enumerated() {
                line.append(cell.text, cell.verdict)
                guard column < row.count - 1 else { break }
                line.append(String(repeating: " ", count: widths[column] - cell.text.count + 2))
            }
            return line
        }
    }
}
