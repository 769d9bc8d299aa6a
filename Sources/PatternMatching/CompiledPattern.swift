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
        let limits = MatchLimits(byteCount: bytes.count)
        unsafe pcre2_set_match_limit_8(context, limits.backtracks)  // Plain setters of a live context.
        unsafe pcre2_set_depth_limit_8(context, limits.depth)
        unsafe pcre2_set_heap_limit_8(context, limits.heapKibibytes)
        var allowance = DistanceAllowance(remaining: limits.distance)
        // Both pointers live for the call only; PCRE2 keeps the callout's until the next search replaces it.
        let result = unsafe withUnsafeMutablePointer(to: &allowance) { allowance in
            unsafe pcre2_set_callout_8(context, DistanceAllowance.spend, allowance)
            return unsafe bytes.withUnsafeBufferPointer { buffer in
                unsafe pcre2_match_8(code, buffer.baseAddress, buffer.count, 0, 0, data, context)
            }
        }
        switch result {
        case PCRE2_ERROR_NOMATCH: return .notMatched
        case 0...: return .matched
        default: return .limitExceeded
        }
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
