// SPDX-License-Identifier: Apache-2.0

/// Names in a sentence, at most five of them.
enum NameList {
    private static let maximumNames = 5

    /// The names with commas: `a, b, c, d, e and 7 more`.
    static func text(_ names: [String]) -> String {
        let shown = names.prefix(maximumNames).joined(separator: ", ")
        return names.count > maximumNames ? "\(shown) and \(names.count - maximumNames) more" : shown
    }

    /// So many of the names, whichever: `2 of a, b, c`; without a number where it is all of them.
    static func text(_ count: Int, of names: [String]) -> String {
        count < names.count ? "\(count) of \(text(names))" : text(names)
    }
}
