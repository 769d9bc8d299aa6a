// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The plain request that a connection brought last, and what it says: monitors ask the same again all day, byte for byte, and
/// it need not be read anew each time.
struct RepeatedRequest {
    /// The most bytes of a head that are remembered; longer ones are read each time.
    static let maximumBytes = 512

    private var head = ByteBuffer()
    /// What it says.
    private(set) var facts = RequestFacts()

    /// Whether `bytes` are this request and nothing else.
    func isAll(of bytes: ByteBuffer) -> Bool { head.readableBytes > 0 && bytes == head }

    /// Remembers `bytes`, a whole head, unless they are too many.
    mutating func remember(_ bytes: ByteBuffer, _ facts: RequestFacts) {
        guard bytes.readableBytes <= Self.maximumBytes else { return }
        head.clear()
        head.writeImmutableBuffer(bytes)
        self.facts = facts
    }
}
