// SPDX-License-Identifier: Apache-2.0

/// Bytes of a DNS message as text in the manner of a zone file (RFC 1035, section 5.1): printable ASCII, whatever they are.
enum DNSText {
    /// One label of a name, in lower case; a dot within it becomes `\.`, a byte that is not printable `\DDD`.
    static func label(_ bytes: ArraySlice<UInt8>) -> String {
        escaped(bytes, also: UInt8(ascii: "."), lowercase: true)
    }

    /// A character string; a quotation mark becomes `\"`.
    static func string(_ bytes: ArraySlice<UInt8>) -> String {
        escaped(bytes, also: UInt8(ascii: "\""), lowercase: false)
    }

    private static func escaped(_ bytes: ArraySlice<UInt8>, also special: UInt8, lowercase: Bool) -> String {
        var text = ""
        for byte in bytes {
            switch byte {
            case special, UInt8(ascii: "\\"):
                text += "\\" + String(UnicodeScalar(byte))
            case UInt8(ascii: "A")...UInt8(ascii: "Z") where lowercase:
                text.unicodeScalars.append(UnicodeScalar(byte | 0x20))
            case 0x21...0x7E,
                0x20 where !lowercase:
                text.unicodeScalars.append(UnicodeScalar(byte))
            default:
                let digits = String(byte)
                text += "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
            }
        }
        return text
    }
}
