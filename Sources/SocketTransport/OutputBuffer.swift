// SPDX-License-Identifier: Apache-2.0

/// Bytes that wait to be sent, the oldest first.
struct OutputBuffer {
    private var bytes: [UInt8] = []
    private var sent = 0

    /// How many wait.
    var count: Int { bytes.count - sent }

    /// What waits, to be offered to the kernel.
    var waiting: ArraySlice<UInt8> { bytes[sent...] }

    /// Adds bytes behind those that wait.
    mutating func append(_ more: [UInt8]) {
        if sent > 0 {
            bytes.removeFirst(sent)
            sent = 0
        }
        bytes += more
    }

    /// Takes the oldest `count` off.
    mutating func drop(_ count: Int) {
        precondition(count <= self.count, "\(count) bytes of \(self.count) were sent")
        sent += count
        guard sent == bytes.count else { return }
        bytes.removeAll(keepingCapacity: true)
        sent = 0
    }
}
