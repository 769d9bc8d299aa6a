// SPDX-License-Identifier: Apache-2.0

import CPCRE2

/// Bytes that a search may still pass over; PCRE2 calls `spend` before each item of the pattern.
struct DistanceAllowance {
    private var remaining: Int
    private var position = 0

    init(remaining: Int) {
        self.remaining = remaining
    }

    /// Whether the search may go on at `newPosition`.
    private mutating func moves(to newPosition: Int) -> Bool {
        remaining -= 1 + abs(newPosition - position)
        position = newPosition
        return remaining >= 0
    }

    /// The callout (pcre2callout(3)): 0 goes on, a negative code ends the search with that code.
    static let spend: @convention(c) (UnsafeMutablePointer<pcre2_callout_block_8>?, UnsafeMutableRawPointer?) -> Int32 =
        {
            block,
            allowance in
            guard let block = unsafe block, let allowance = unsafe allowance else { return PCRE2_ERROR_CALLOUT }
            // The pointer given to `pcre2_set_callout` in `CompiledPattern.search`, alive during that search.
            let typed = unsafe allowance.assumingMemoryBound(to: DistanceAllowance.self)
            let position = unsafe Int(clamping: block.pointee.current_position)
            return unsafe typed.pointee.moves(to: position) ? 0 : PCRE2_ERROR_CALLOUT
        }
}
