// SPDX-License-Identifier: Apache-2.0

/// Whether a `Host` field may name this machine, for a listener that only this machine can reach.
///
/// A page in a browser may be given any name by its owner, and that name may later lead to 127.0.0.1 (DNS rebinding): the browser
/// then takes what this agent answers for the page's own. It always says the name in `Host`, and names that strangers can own
/// have a dot. So an address, `localhost`, and a name without a dot, as containers and short host names are, may be ours; so may
/// a request without `Host`, which no browser sends.
enum LocalHost {
    private static let localhost = Array(".localhost".utf8)

    /// Decides about a whole field's value, its port included.
    static func mayBeOurs(_ host: some Sequence<UInt8>) -> Bool {
        let bytes = Array(host)
        return mayBeOurs(bytes.span, 0..<bytes.count)
    }

    /// Decides about the value in `range` of `bytes`.
    static func mayBeOurs(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        // An IPv6 address is the only thing in brackets.
        guard !range.isEmpty, bytes[range.lowerBound] != UInt8(ascii: "[") else { return true }
        var end = range.lowerBound
        var hasDot = false
        var isAddress = true
        while end < range.upperBound, bytes[end] != UInt8(ascii: ":") {
            if bytes[end] == UInt8(ascii: ".") {
                hasDot = true
            } else if !(0x30...0x39).contains(bytes[end]) {
                isAddress = false
            }
            end += 1
        }
        guard hasDot, !isAddress else { return true }
        let start = end - localhost.count
        return start >= range.lowerBound && bytes.matches(localhost, in: start..<end)
    }
}
