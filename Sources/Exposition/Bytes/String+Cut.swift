// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text in UTF-8, at most `limit` bytes of it and no half character.
    func utf8(atMost limit: Int) -> [UInt8] {
        guard utf8.count > limit else { return Array(utf8) }
        var end = utf8.index(startIndex, offsetBy: limit)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return Array(utf8[..<end])
    }
}
