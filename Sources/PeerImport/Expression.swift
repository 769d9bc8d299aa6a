// SPDX-License-Identifier: Apache-2.0

/// Regular expressions made of what peers write in other forms.
enum Expression {
    /// One that matches exactly `text`.
    static func literal(_ text: some StringProtocol) -> String {
        var result = ""
        for character in text {
            if "\\^$.|?*+()[]{}".contains(character) { result += "\\" }
            result.append(character)
        }
        return result
    }

    /// One for a glob: `*` is any text, `?` any character (Gatus' `pat`).
    static func glob(_ text: some StringProtocol) -> String {
        var result = "(?s)^"
        for character in text {
            switch character {
            case "*": result += ".*"
            case "?": result += "."
            default: result += literal(String(character))
            }
        }
        return result + "$"
    }
}
