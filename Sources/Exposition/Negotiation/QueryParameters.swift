// SPDX-License-Identifier: Apache-2.0

/// The parameters of a query, in order (application/x-www-form-urlencoded).
struct QueryParameters {
    let all: [(name: String, value: String)]

    /// Reads the part of a request target after `?`; a parameter without `=` has an empty value.
    init(_ text: some StringProtocol) throws(KubernetesQuery.Problem) {
        var all: [(name: String, value: String)] = []
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = try parts.count == 2 ? Self.decoded(parts[1]) : ""
            all.append((try Self.decoded(parts[0]), value))
        }
        self.all = all
    }

    /// Undoes percent-encoding and `+`.
    private static func decoded(_ text: some StringProtocol) throws(KubernetesQuery.Problem) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst()?.hexadecimalDigit, let low = rest.popFirst()?.hexadecimalDigit else {
                    throw KubernetesQuery.Problem(message: "\"%\" without two hexadecimal digits in the query")
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw KubernetesQuery.Problem(message: "the query is not UTF-8")
        }
        return text
    }
}

extension UInt8 {
    fileprivate var hexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
