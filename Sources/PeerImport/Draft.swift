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
    /// A key with its value.
    struct Entry {
        let key: String
        var value: Draft
    }

    private(set) var entries: [Entry]
    /// Where each key stands, for a source may have as many as fit into a file.
    private var indices: [String: Int]

    init() {
        entries = []
        indices = [:]
    }

    var isEmpty: Bool { entries.isEmpty }

    /// What `key` is; nothing is written for nil and for an empty mapping.
    subscript(_ key: String) -> Draft? {
        get { indices[key].map { entries[$0].value } }
        set {
            var value = newValue
            if case .mapping(let mapping)? = value, mapping.isEmpty { value = nil }
            switch (indices[key], value) {
            case (let index?, let value?): entries[index].value = value
            case (let index?, nil):
                entries.remove(at: index)
                indices[key] = nil
                for (key, place) in indices where place > index { indices[key] = place - 1 }
            case (nil, let value?):
                indices[key] = entries.count
                entries.append(Entry(key: key, value: value))
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
