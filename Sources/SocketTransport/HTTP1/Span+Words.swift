// SPDX-License-Identifier: Apache-2.0

// Names are compared eight bytes at once: most lines of an answer are asked whether they begin with one of a few.
extension Span<UInt8> {
    /// The eight bytes from `position` on, the first of them lowest.
    @inline(__always)
    func eight(from position: Int) -> UInt64 {
        // unsafe: any eight bytes are a number, and that there are so many is checked.
        unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    /// Whether as many bytes from `position` on say `word`, which is in lower case, whatever the case of their letters.
    ///
    /// A carriage return passes for a hyphen; a line that is looked at holds none.
    @inline(__always)
    func says(_ word: StaticString, at position: Int) -> Bool {
        let length = word.utf8CodeUnitCount
        guard length >= 8 else { return saysShort(word, at: position) }
        var offset = 0
        while true {
            let ours = UInt64(eightOf: word, from: offset)
            guard eight(from: position + offset) | 0x2020_2020_2020_2020 == ours else { return false }
            guard offset < length - 8 else { return true }
            // The last eight may begin among those before.
            offset = min(offset + 8, length - 8)
        }
    }

    /// The same for a word of fewer than eight bytes.
    private func saysShort(_ word: StaticString, at position: Int) -> Bool {
        for offset in 0..<word.utf8CodeUnitCount {
            // unsafe: the offset is within the word.
            guard unsafe self[position + offset] | 0x20 == word.utf8Start[offset] else { return false }
        }
        return true
    }
}

extension UInt64 {
    /// Eight bytes of a literal, as `eight(from:)` returns those of an answer.
    @inline(__always)
    init(eightOf text: StaticString, from offset: Int = 0) {
        precondition(offset >= 0 && offset + 8 <= text.utf8CodeUnitCount, "no eight bytes from \(offset) of \(text)")
        // unsafe: there are eight bytes, and those of a literal stay.
        self = unsafe UInt64(littleEndian: UnsafeRawPointer(text.utf8Start + offset).loadUnaligned(as: UInt64.self))
    }
}
