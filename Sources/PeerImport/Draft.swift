// SPDX-License-Identifier: Apache-2.0

/// A value of the file that is made.
indirect enum Draft {
    /// A text, quoted where YAML or the reader would take it for something else.
    case text(String)
    /// A number, a duration or a word of the configuration, never quoted.
    case word(String)
    case list([Draft])
    case mapping(DraftMapping)

    static func whole(_ number: some BinaryInteger) -> Draft { .word("\(number)") }
    static func texts(_ texts: [String]) -> Draft {
        texts.count == 1 ? .text(texts[0]) : .list(texts.map { .text($0) })
    }
}

/// A mapping of the file that is made, in the order in which it is written.
struct DraftMapping {
    private(set) var entries: [(key: String, value: Draft)] = []

    var isEmpty: Bool { entries.isEmpty }

    /// What `key` is; nothing is written for nil and for an empty mapping.
    subscript(_ key: String) -> Draft? {
        get { entries.first { $0.key == key }?.value }
        set {
            var value = newValue
            if case .mapping(let mapping)? = value, mapping.isEmpty { value = nil }
            let index = entries.firstIndex { $0.key == key }
            switch (index, value) {
            case (let index?, let value?): entries[index].value = value
            case (let index?, nil): entries.remove(at: index)
            case (nil, let value?): entries.append((key, value))
            case (nil, nil): break
            }
        }
    }

    /// The mapping at `key`, empty when there is none.
    subscript(mapping key: String) -> DraftMapping {
        get { if case .mapping(let mapping)? = self[key] { mapping } else { DraftMapping() } }
        set { self[key] = .mapping(newValue) }
    }
}

/// A probe that is made.
struct ProbeDraft {
    /// What it would be called; made legal and unique later.
    var name: String
    /// Where its source is.
    var origin: Origin
    /// What a reader should know, a comment each.
    var remarks: [String] = []
    /// Kind and keys.
    var body = DraftMapping()
}
