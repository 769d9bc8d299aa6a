// SPDX-License-Identifier: Apache-2.0

/// How much one search may cost before it is given up.
///
/// Four bounds, because PCRE2 alone leaves a gap. It counts backtracking, depth and memory; it does not count the characters
/// that a repeat walks over, so `[a-z]+\d` on 64 KiB of letters costs two thousand million character steps (1.3 s) and no
/// backtracking at all. The distance bound closes the gap. Each grows with the length of the searched bytes where a search
/// that is linear in them needs it to.
struct MatchLimits {
    /// Backtracking points visited; about 10 ns each.
    let backtracks: UInt32
    /// Nested backtracking points.
    let depth: UInt32
    /// Memory for backtracking, in KiB.
    let heapKibibytes: UInt32
    /// Bytes passed over, forwards and backwards; about 0.3 ns each.
    let distance: Int

    /// The limits for a search through `byteCount` bytes.
    init(byteCount: Int) {
        let length = UInt32(clamping: byteCount)
        backtracks = 1_000_000 + min(length, 64_000_000)
        depth = 500_000
        heapKibibytes = 16 * 1_024
        distance = 64_000_000 + 8 * min(byteCount, 64_000_000)
    }
}
