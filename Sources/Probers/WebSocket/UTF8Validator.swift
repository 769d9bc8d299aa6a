// SPDX-License-Identifier: Apache-2.0

/// Checks text that comes in pieces: whether it is UTF-8 so far (RFC 3629, section 4).
///
/// Fails at the first byte that no continuation can repair: overlong forms, surrogates and anything beyond U+10FFFF are
/// known by the second byte of a sequence.
package struct UTF8Validator: Sendable {
    /// Continuation bytes that the sequence still needs.
    private var missing = 0
    /// What the next continuation byte may be.
    private var allowed: ClosedRange<UInt8> = 0x80...0xBF

    package init() {}

    /// Whether the text may end here.
    package var isComplete: Bool { missing == 0 }

    /// Takes the next bytes; false when the text is not UTF-8, after which the validator must not be used.
    package mutating func take(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { take($0) }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        if missing > 0 {
            guard allowed.contains(byte) else { return false }
            missing -= 1
            allowed = 0x80...0xBF
            return true
        }
        switch byte {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, allowed) = (2, 0xA0...0xBF)
        case 0xED: (missing, allowed) = (2, 0x80...0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, allowed) = (3, 0x90...0xBF)
        case 0xF1...0xF3: missing = 3
        case 0xF4: (missing, allowed) = (3, 0x80...0x8F)
        default: return false
        }
        return true
    }
}
