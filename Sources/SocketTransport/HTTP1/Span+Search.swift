// SPDX-License-Identifier: Apache-2.0

import Glibc

// The C library looks at many bytes at once, where a loop looks at each.
extension Span<UInt8> {
    /// Where `byte` stands first, from `start` on; nil when it does not.
    @inline(__always)
    func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        precondition(start >= 0 && start <= count, "a search from \(start) of \(count) bytes")
        // unsafe: as many bytes are read as there are behind `start`, and the pointer is used within the closure only.
        return unsafe withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, start < bytes.count else { return nil }
            let found = unsafe memchr(base + start, CInt(byte), bytes.count - start)
            return unsafe found.map { unsafe UnsafeRawPointer($0) - base }
        }
    }

    /// Whether `byte` is among them.
    func contains(_ byte: UInt8) -> Bool { firstIndex(of: byte) != nil }
}

extension [UInt8] {
    /// Appends a copy of the bytes.
    mutating func append(_ bytes: borrowing Span<UInt8>) {
        // unsafe: the buffer is copied from within the closure only.
        unsafe bytes.withUnsafeBufferPointer { buffer in
            // The first bytes are often the only ones: an array made of them is as long as they are, and cheaper than one that grows.
            if isEmpty, capacity < buffer.count {
                self = unsafe Array(buffer)
            } else {
                unsafe append(contentsOf: buffer)
            }
        }
    }
}
