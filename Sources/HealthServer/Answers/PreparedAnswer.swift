// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The bytes of a whole answer, as they are handed to the channel any number of times.
struct PreparedAnswer {
    /// Wrapped once: doing so for each request would cost as much as reading it.
    let data: NIOAny
    let count: Int

    init(_ bytes: ByteBuffer) {
        data = NIOAny(IOData.byteBuffer(bytes))
        count = bytes.readableBytes
    }
}
