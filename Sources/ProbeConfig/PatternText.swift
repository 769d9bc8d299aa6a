// SPDX-License-Identifier: Apache-2.0

import PatternMatching

/// Regular expressions as the configuration writes them.
enum PatternText {
    /// `text` when it is a regular expression; nil after a complaint at `field`.
    static func check(_ text: String, of field: Field) -> String? {
        guard !text.isEmpty else {
            field.error("an empty regular expression matches everything", DiagnosticDetail(.neverHolds))
            return nil
        }
        do {
            _ = try Pattern(text)
            return text
        } catch {
            let place = "at character \(error.offset + 1)"
            field.error("\(VisibleText.quoted(text)) is not a regular expression: \(error.message) \(place)")
            return nil
        }
    }
}
