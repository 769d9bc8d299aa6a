// SPDX-License-Identifier: Apache-2.0

/// One picture of `bellwether status --watch` on a terminal, drawn over the one before; pure.
///
/// Each line is written over the old one and the rest of the screen is cleared at the end, so that nothing flickers. What does not
/// fit is cut: a line at the right edge, the list at the lower one, with a word about how much is missing.
struct StatusFrame {
    /// The terminal's size; nil = it does not tell, and nothing is cut.
    struct Size: Hashable {
        let columns: Int
        let rows: Int
    }

    let size: Size?
    let style: TerminalStyle

    /// To the upper left corner (ECMA-48 CUP), to the end of the line (EL), to the end of the screen (ED).
    private static let home = "\u{1B}[H"
    private static let clearLine = "\u{1B}[K"
    private static let clearBelow = "\u{1B}[J"

    /// The bytes that draw these lines.
    ///
    /// The cursor's own line stays free, or the screen would scroll.
    func drawing(_ lines: [StatusLine]) -> String {
        var shown = lines
        if let size, lines.count > max(1, size.rows - 1) {
            let room = max(0, size.rows - 2)
            shown = lines.prefix(room) + [StatusLine("… \(lines.count - room) more lines")]
        }
        let text = shown.map { $0.drawn(style, columns: size?.columns) + Self.clearLine + "\n" }.joined()
        return Self.home + text + Self.clearBelow
    }
}
