// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// The content codings (RFC 9110 section 8.4.1) that are asked for and undone.
///
/// libcurl undoes more, and several on top of each other: with each one a bomb grows, and the window of zstd alone may have 128
/// MiB. So an answer with anything but one of those that were offered is refused before its first byte.
enum ContentCoding {
    /// The value of `Accept-Encoding`.
    static let offer = "gzip, deflate, br"

    private static let names: Set<String> = ["gzip", "x-gzip", "deflate", "br"]

    /// The codings of an answer that is not taken, as text; nil when it is.
    static func refused(in headers: HTTPHeaders) -> String? {
        let values = headers.fields.filter { $0.name.lowercased() == "content-encoding" }.map(\.value)
        guard !values.isEmpty else { return nil }
        let codings = values.flatMap { $0.split(separator: ",") }
            .map { $0.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ") }
            .filter { !$0.isEmpty && $0 != "identity" }
        guard codings.count > 1 || !codings.allSatisfy(names.contains) else { return nil }
        return "\"\(Excerpt.bounded(codings.joined(separator: ", ")))\""
    }
}
