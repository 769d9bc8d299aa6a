// SPDX-License-Identifier: Apache-2.0

/// One value of a YAML document with the place where it begins.
///
/// It says what was written and nothing about types: whether `no` is a text or `5` a number is the reader's decision.
package struct YAMLNode: Hashable, Sendable {
    /// Where the value begins; for an absent value (`key:` and nothing else), where it would stand.
    package var position: SourcePosition
    /// Just behind its last character; `position` for an absent value.
    package var end: SourcePosition
    /// The value itself.
    package var content: Content

    /// The three shapes of a value.
    package enum Content: Hashable, Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        /// In the order written; a key that is written twice is there twice.
        case mapping([YAMLEntry])
    }

    package init(position: SourcePosition, end: SourcePosition? = nil, content: Content) {
        self.position = position
        self.end = end ?? position
        self.content = content
    }
}

/// A single text.
package struct YAMLScalar: Hashable, Sendable {
    /// The text with quotes, escapes and folding undone.
    package var text: String
    /// Whether the text stands for itself (quoted or a block), so that it is never a number, a truth value or null.
    package var isQuoted: Bool

    package init(text: String, isQuoted: Bool) {
        self.text = text
        self.isQuoted = isQuoted
    }

    /// Whether this is the null of the YAML 1.2 core schema: nothing, `~` or `null`, without quotes.
    package var isNull: Bool {
        !isQuoted && ["", "~", "null", "Null", "NULL"].contains(text)
    }
}

/// One key of a mapping with its value.
package struct YAMLEntry: Hashable, Sendable {
    /// The key's text.
    package var key: String
    /// Where the key begins.
    package var keyPosition: SourcePosition
    /// Just behind the key's last character.
    package var keyEnd: SourcePosition
    /// The value.
    package var value: YAMLNode

    package init(key: String, keyPosition: SourcePosition, keyEnd: SourcePosition? = nil, value: YAMLNode) {
        self.key = key
        self.keyPosition = keyPosition
        self.keyEnd = keyEnd ?? keyPosition
        self.value = value
    }
}
