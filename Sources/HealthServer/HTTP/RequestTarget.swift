// SPDX-License-Identifier: Apache-2.0

/// A request target taken apart (RFC 9112 section 3.2): the path, and the query when there is one.
struct RequestTarget: Hashable {
    let path: Substring
    /// What follows `?`; nil when there is none.
    let query: Substring?

    /// Takes origin form, absolute form (only the path counts, as for any origin server) and, as HAProxy and others send
    /// with OPTIONS, `*`, which asks what `/` asks.
    init(_ text: String) {
        var rest = text[...]
        if rest == "*" {
            rest = "/"
        } else if let scheme = ["http://", "https://"].first(where: { rest.lowercased().hasPrefix($0) }) {
            rest = rest.dropFirst(scheme.count)
            rest = rest[(rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex)...]
            if !rest.hasPrefix("/") { rest = "/" + rest }
        }
        let mark = rest.firstIndex(of: "?")
        path = rest[..<(mark ?? rest.endIndex)]
        query = mark.map { rest[rest.index(after: $0)...] }
    }
}
