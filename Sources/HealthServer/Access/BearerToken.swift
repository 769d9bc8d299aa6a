// SPDX-License-Identifier: Apache-2.0

/// The token that opens what is not public (RFC 6750); never shown.
struct BearerToken: Hashable, Sendable {
    private let bytes: [UInt8]

    /// The most bytes of a token: what still fits into a request's fields beside others.
    static let maximumBytes = 4_096

    /// - Throws: why no client could ever send this token.
    init(_ text: String) throws(MaterialProblem) {
        guard (1...Self.maximumBytes).contains(text.utf8.count) else {
            throw MaterialProblem(message: "the token has \(text.utf8.count) bytes (1 to \(Self.maximumBytes))")
        }
        guard text.utf8.allSatisfy(\.isVisible) else {
            throw MaterialProblem(message: "the token holds a space, a control character or a letter beyond ASCII")
        }
        bytes = Array(text.utf8)
    }

    /// Whether the field `Authorization` carries this token.
    ///
    /// Takes as long for a wrong token as for the right one of the same length, wherever the first wrong byte is.
    func matches(authorization field: String) -> Bool {
        guard let presented = Self.token(in: field) else { return false }
        var difference = UInt(bitPattern: presented.count ^ bytes.count)
        for (index, byte) in presented.enumerated() {
            difference |= UInt(byte ^ bytes[index % bytes.count])
        }
        return difference == 0
    }

    /// What follows `Bearer` and its spaces; the word in letters of either case (RFC 9110 section 11.1).
    private static func token(in field: String) -> [UInt8]? {
        let bytes = Array(field.utf8)
        let scheme = Array("bearer ".utf8)
        guard bytes.count > scheme.count, bytes.prefix(scheme.count).map(\.lowercased) == scheme else { return nil }
        return Array(bytes.dropFirst(scheme.count).drop { $0 == .space })
    }
}

extension BearerToken: CustomStringConvertible, CustomReflectable {
    var description: String { "***" }

    var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
