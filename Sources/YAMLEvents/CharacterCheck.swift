// SPDX-License-Identifier: Apache-2.0

/// Looks for bytes and characters that no YAML file may contain, before the parser sees them.
///
/// libyaml reports these by byte offset only and stops at the first NUL's neighbourhood with a vague text. It also takes
/// U+0085, U+2028 and U+2029 for line ends, as YAML 1.1 did; YAML 1.2 and every editor do not, so positions would differ
/// from what people see: they are refused.
enum CharacterCheck {
    /// The byte order mark in UTF-8.
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The first forbidden byte or character.
    static func firstProblem(in bytes: [UInt8]) -> YAMLProblem? {
        var line = 1
        var column = 1
        var decoder = Unicode.UTF8.ForwardParser()
        var iterator = (bytes.starts(with: byteOrderMark) ? bytes.dropFirst(3) : bytes[...]).makeIterator()
        var previousIsCarriageReturn = false
        while true {
            let position = SourcePosition(line: line, column: column)
            switch decoder.parseScalar(from: &iterator) {
            case .emptyInput:
                return nil
            case .error:
                return YAMLProblem(position: position, message: "the file is not UTF-8 here")
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                guard !isForbidden(scalar) else {
                    return YAMLProblem(position: position, message: "\(name(of: scalar)) is not allowed in a YAML file")
                }
                switch scalar {
                case "\n":
                    line += previousIsCarriageReturn ? 0 : 1
                    column = 1
                case "\r":
                    line += 1
                    column = 1
                default:
                    column += 1
                }
                previousIsCarriageReturn = scalar == "\r"
            }
        }
    }

    /// What YAML 1.2 section 5.1 does not count as printable, and the line separators of YAML 1.1.
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: false
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }

    private static func name(of scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return switch scalar.value {
        case 0: "a NUL character"
        case 0x85, 0x2028, 0x2029: "the line separator \(code)"
        case 0xFEFF: "a byte order mark inside the text"
        case 0xFFFE, 0xFFFF: "the character \(code)"
        default: "the control character \(code)"
        }
    }
}
