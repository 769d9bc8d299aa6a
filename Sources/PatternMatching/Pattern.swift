// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A compiled regular expression (PCRE2) for searching answers of targets, which may be hostile.
///
/// * The syntax is that of PCRE2 (pcre2pattern(3)) over UTF-8, without `\C`. `\d`, `\w`, `\s` and `\b` mean ASCII; `\p{…}`
///   means Unicode; `.` does not match a line feed and `^` `$` mean the whole text, unless `(?s)` or `(?m)` says otherwise.
/// * Bytes that are not UTF-8 match nothing, not even `.`, and a match never spans them; the text around them is searched as
///   usual. So a stray byte in a page does not hide the word that the probe looks for.
/// * Every search ends: steps, depth, memory and distance are bounded, see `MatchLimits`.
/// * There is no just-in-time compilation: the service forbids memory that is both writable and executable.
///
/// ```swift
/// let pattern = try Pattern(#"v\d+"#)
/// pattern.matches(in: Array("release v12".utf8))  // .matched
/// ```
///
/// Equal texts make equal patterns, so this is not for comparing languages of patterns.
package final class Pattern: Sendable {
    /// The regular expression as written.
    package let text: String

    /// How many groups capture, named ones included.
    package let captureCount: Int
    /// Whether a match can only be at the beginning of what is searched, as after `^` without `(?m)`.
    package let isAnchored: Bool

    private let compiled: Mutex<CompiledPattern>

    /// The longest regular expression, in bytes.
    package static let maximumLength = 4_096

    /// Compiles `text`.
    ///
    /// - Throws: what is wrong with it, and where.
    package init(_ text: String) throws(PatternProblem) {
        guard text.utf8.count <= Self.maximumLength else {
            throw PatternProblem(message: "longer than \(Self.maximumLength) bytes", offset: 0)
        }
        self.text = text
        let pattern = try CompiledPattern(text)
        captureCount = pattern.captureCount
        isAnchored = pattern.isAnchored
        compiled = Mutex(pattern)
    }

    /// Whether the pattern occurs somewhere in `bytes`.
    ///
    /// Linear in the usual case and bounded in every case. Searches with one pattern from several threads follow each other.
    package func matches(in bytes: Span<UInt8>) -> PatternMatch {
        compiled.withLock { $0.search(bytes) }
    }

    /// Whether the pattern occurs somewhere in `bytes`.
    package func matches(in bytes: [UInt8]) -> PatternMatch {
        matches(in: bytes.span)
    }

    /// Looks for the first place of the pattern in `bytes`, after which more may come; bounded like `matches(in:)`.
    package func find(in bytes: [UInt8]) -> PatternSearch {
        compiled.withLock { $0.find(in: bytes.span) }
    }

    /// Whether bytes that come after `bytes` may change the place that was found there; bounded like `matches(in:)`.
    ///
    /// True for `a+` in `aa`, which may become longer, and false for `a+b` in `aab`, whatever comes. True, too, when the search
    /// is given up.
    package func dependsOnMore(after bytes: [UInt8]) -> Bool {
        compiled.withLock { $0.dependsOnMore(after: bytes.span) }
    }
}

extension Pattern: Hashable {
    package static func == (left: Pattern, right: Pattern) -> Bool {
        left.text == right.text
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }
}
