// SPDX-License-Identifier: Apache-2.0

/// Reads what a server sends after the upgrade, in pieces of any size.
///
/// How the bytes are cut makes no difference: the same events come, and the same violation at the same byte.
package struct WebSocketReader {
    private var header = FrameHeader.Reader()
    private var frame: (header: FrameHeader, remaining: Int)?
    private var assembler: MessageAssembler

    /// - Parameter maximumMessage: the most bytes of one message, its fragments together.
    package init(maximumMessage: Int) {
        assembler = MessageAssembler(maximumMessage: maximumMessage)
    }

    /// Takes bytes off `bytes` up to the end of the next event.
    ///
    /// - Returns: the event; nil when all bytes are taken and none is complete.
    /// - Throws: the violation; the reader must not be used after it.
    package mutating func next(_ bytes: inout ArraySlice<UInt8>) throws(WebSocketViolation) -> WebSocketEvent? {
        while true {
            if let (header, remaining) = frame {
                let piece = bytes.prefix(remaining)
                try assembler.take(piece, of: header)
                bytes = bytes.dropFirst(piece.count)
                guard piece.count == remaining else {
                    frame?.remaining -= piece.count
                    return nil
                }
                frame = nil
                if let event = try assembler.end(header) { return event }
            }
            guard let byte = bytes.popFirst() else { return nil }
            guard let new = try header.take(byte) else { continue }
            try assembler.begin(new)
            frame = (new, new.length)
        }
    }
}
