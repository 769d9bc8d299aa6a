// SPDX-License-Identifier: Apache-2.0

/// Finds the word that somebody probably meant.
enum Suggestion {
    /// The word of `words` nearest to `text`, when it is near enough; the first of equally near ones.
    ///
    /// Near enough is a distance of at most a third of the longer word, at least 1. Texts over 40 characters have none, which
    /// bounds the work.
    static func nearest(to text: String, in words: [String]) -> String? {
        guard (1...40).contains(text.unicodeScalars.count) else { return nil }
        let typed = Array(text.lowercased().unicodeScalars)
        var best: (word: String, distance: Int)?
        for word in words {
            let candidate = Array(word.unicodeScalars)
            let distance = distance(typed, candidate)
            guard distance <= max(1, max(typed.count, candidate.count) / 3) else { continue }
            if distance < best?.distance ?? .max { best = (word, distance) }
        }
        return best?.word
    }

    /// Insertions, deletions, replacements and swaps of neighbours between the two (optimal string alignment).
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var rows = [Array(0...right.count)]
        for (row, character) in left.enumerated() {
            var current = [row + 1]
            for column in right.indices {
                let replaced = rows[row][column] + (right[column] == character ? 0 : 1)
                var cost = min(replaced, rows[row][column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, character == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, rows[row - 1][column - 1] + 1)
                }
                current.append(cost)
            }
            rows.append(current)
        }
        return rows[left.count][right.count]
    }
}
