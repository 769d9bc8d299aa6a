// SPDX-License-Identifier: Apache-2.0

/// A source line as it is shown below a diagnostic, cut around the caret when it is long, and the caret's own line.
struct SourceExcerpt {
    /// The line, control characters made visible.
    let text: String
    /// Blanks and a caret that stands below the character in question.
    let caret: String

    /// The most characters of a line that are shown.
    static let maximumWidth = 100

    /// - Parameters:
    ///   - line: the line without its end.
    ///   - column: the character in question, from 1; beyond the end means just after the last.
    init(line: String, column: Int) {
        let characters = Array(line.unicodeScalars)
        let target = min(max(0, column - 1), characters.count)
        var shown = characters.indices
        if characters.count > Self.maximumWidth {
            let start = min(max(0, target - Self.maximumWidth / 2), characters.count - Self.maximumWidth)
            shown = start..<(start + Self.maximumWidth)
        }
        var text = shown.lowerBound > 0 ? "…" : ""
        var width = shown.lowerBound > 0 ? 1 : 0
        for index in shown {
            let visible = VisibleText.replacement(for: characters[index])
            text.unicodeScalars.append(visible)
            if index < target { width += VisibleText.width(of: visible) }
        }
        if shown.upperBound < characters.count { text += "…" }
        self.text = text
        caret = String(repeating: " ", count: width) + "^"
    }
}
