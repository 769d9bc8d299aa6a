// SPDX-License-Identifier: Apache-2.0

import YAMLEvents

extension Field {
    /// Whether `off` is written: the rule does not hold, whatever the defaults say.
    var isOff: Bool { isWord("off") }

    /// Whether the field is this word, not quoted.
    func isWord(_ word: String) -> Bool {
        if case .scalar(let scalar) = node.content { scalar.text == word && !scalar.isQuoted } else { false }
    }

    /// The value that `read` finds, or `.some(nil)` for `off`.
    func unlessOff<Value>(_ read: (Field) -> Value?) -> Value?? {
        if isOff { return .some(nil) }
        return read(self).map { .some($0) }
    }
}

extension Setting {
    /// Whether `off` is written.
    func isOff<Inner>(_ type: Inner.Type = Inner.self) -> Bool where Value == Inner? {
        if case .some(.none) = value { true } else { false }
    }
}
