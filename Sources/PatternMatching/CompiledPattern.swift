// SPDX-License-Identifier: Apache-2.0

import CPCRE2

/// The PCRE2 objects of one pattern, freed when it ends.
///
/// The match context is changed by every search, so a search needs exclusive access. The match data is made anew for each
/// search: PCRE2 keeps the memory it needed for backtracking inside, up to the limit, and a rare bad answer must not leave
/// each pattern holding megabytes.
@safe struct CompiledPattern: ~Copyable {
    private let code: OpaquePointer
    private let context: OpaquePointer

    /// Compiles `text`.
    init(_ text: String) throws(PatternProblem) {
        let options =
            UInt32(PCRE2_UTF) | UInt32(PCRE2_MATCH_INVALID_UTF) | UInt32(PCRE2_NEVER_BACKSLASH_C)
            | UInt32(PCRE2_AUTO_CALLOUT)
        var error: Int32 = 0
        var offset = 0
        let bytes = Array(text.utf8)
        // The pointer is not kept beyond the call: PCRE2 copies what it needs.
        let compiled = unsafe bytes.withUnsafeBufferPointer { buffer in
            // An empty array may have no address, and PCRE2 takes a null pointer only with length zero since 10.41.
            unsafe pcre2_compile_8(buffer.baseAddress, buffer.count, options, &error, &offset, nil)
        }
        guard let compiled = unsafe compiled else {
            throw PatternProblem(message: Self.message(of: error), offset: Self.characters(before: offset, in: text))
        }
        guard let context = unsafe pcre2_match_context_create_8(nil) else {
            unsafe pcre2_code_free_8(compiled)
            throw PatternProblem(message: "out of memory", offset: 0)
        }
        unsafe self.code = compiled
        unsafe self.context = context
    }

    deinit {
        // Made in the initialiser and owned by this value alone.
        unsafe pcre2_match_context_free_8(context)
        unsafe pcre2_code_free_8(code)
    }

    /// Looks for the pattern in `bytes`.
    mutating func search(_ bytes: Span<UInt8>) -> PatternMatch {
        guard let data = unsafe pcre2_match_data_create_8(1, nil) else { return .limitExceeded }
        defer { unsafe pcre2_match_data_free_8(data) }  // Made two lines above.
        switch unsafe run(bytes, options: 0, data) {
        case PCRE2_ERROR_NOMATCH: return .notMatched
        case 0...: return .matched
        default: return .limitExceeded
        }
    }

    /// Searches within the limits, and gives PCRE2's result.
    private mutating func run(_ bytes: Span<UInt8>, options: UInt32, _ data: OpaquePointer) -> Int32 {
        let limits = MatchLimits(byteCount: bytes.count)
        unsafe pcre2_set_match_limit_8(context, limits.backtracks)  // Plain setters of a live context.
        unsafe pcre2_set_depth_limit_8(context, limits.depth)
        unsafe pcre2_set_heap_limit_8(context, limits.heapKibibytes)
        var allowance = DistanceAllowance(remaining: limits.distance)
        // Both pointers live for the call only; PCRE2 keeps the callout's until the next search replaces it.
        return unsafe withUnsafeMutablePointer(to: &allowance) { allowance in
            unsafe pcre2_set_callout_8(context, DistanceAllowance.spend, allowance)
            return unsafe bytes.withUnsafeBufferPointer { buffer in
                unsafe pcre2_match_8(code, buffer.baseAddress, buffer.count, 0, options, data, context)
            }
        }
    }

    /// How many groups capture, named ones included.
    var captureCount: Int {
        var count: UInt32 = 0
        // unsafe: a 32-bit number is written, as PCRE2_INFO_CAPTURECOUNT is documented to.
        unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_CAPTURECOUNT), &count)
        return Int(count)
    }

    /// Whether a match can only be at the beginning of what is searched.
    var isAnchored: Bool {
        var options: UInt32 = 0
        // unsafe: a 32-bit number is written, as PCRE2_INFO_ALLOPTIONS is documented to.
        unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_ALLOPTIONS), &options)
        return options & UInt32(PCRE2_ANCHORED) != 0
    }

    /// Looks for the first place of the pattern in `bytes`, which may go on.
    mutating func find(in bytes: Span<UInt8>) -> PatternSearch {
        guard let data = unsafe pcre2_match_data_create_from_pattern_8(code, nil) else { return .limitExceeded }
        defer { unsafe pcre2_match_data_free_8(data) }  // Made two lines above.
        switch unsafe run(bytes, options: UInt32(PCRE2_PARTIAL_SOFT), data) {
        case PCRE2_ERROR_NOMATCH: return .notFound
        case PCRE2_ERROR_PARTIAL: return .undecided
        case 1...: break
        default: return .limitExceeded
        }
        // unsafe: two offsets for the match and for each group, in memory that is freed after this; those of groups that took
        // no part are PCRE2_UNSET.
        let offsets = unsafe UnsafeBufferPointer(
            start: pcre2_get_ovector_pointer_8(data),
            count: 2 * Int(pcre2_get_ovector_count_8(data))
        )
        let groups = (0..<offsets.count / 2).map { index -> Range<Int>? in
            let (start, end) = unsafe (offsets[2 * index], offsets[2 * index + 1])
            // PCRE2_UNSET is negative here, and \K in a lookaround can put the start behind the end.
            return start >= 0 && start <= end && end <= bytes.count ? start..<end : nil
        }
        guard let whole = groups.first ?? nil else { return .limitExceeded }
        return .found(PatternOccurrence(range: whole, captures: Array(groups.dropFirst())))
    }

    /// Whether a search for the first place looks beyond the end of `bytes`.
    mutating func dependsOnMore(after bytes: Span<UInt8>) -> Bool {
        guard let data = unsafe pcre2_match_data_create_from_pattern_8(code, nil) else { return true }
        defer { unsafe pcre2_match_data_free_8(data) }  // Made on the line above.
        // pcre2partial(3): with PCRE2_PARTIAL_HARD, the end is told as soon as it is met, whatever else matches.
        return unsafe run(bytes, options: UInt32(PCRE2_PARTIAL_HARD), data) < 0
    }

    private static func message(of error: Int32) -> String {
        let text = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { buffer in
            // PCRE2 writes at most `count` bytes and returns how many, or a negative code when the buffer is too short.
            let length = unsafe pcre2_get_error_message_8(error, buffer.baseAddress, buffer.count)
            return unsafe String(decoding: buffer.prefix(max(0, Int(length))), as: UTF8.self)
        }
        return text.isEmpty ? "error \(error)" : text
    }

    /// How many characters of `text` lie before its byte `offset`.
    private static func characters(before offset: Int, in text: String) -> Int {
        text.utf8.prefix(max(0, offset)).count { $0 & 0xC0 != 0x80 }
    }
}
