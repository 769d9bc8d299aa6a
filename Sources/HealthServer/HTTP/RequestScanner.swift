// SPDX-License-Identifier: Apache-2.0

import Exposition

/// Finds the end of a request's head in bytes that arrive in pieces, and refuses what is too long.
///
/// Each byte is looked at once, however many pieces there are. Lines end with CR LF and nothing else: a bare LF or CR is
/// refused although RFC 9112 section 2.2 would let us take it, because two parsers that differ on it can be played
/// against each other.
struct RequestScanner {
    /// How far the head is.
    enum Progress: Equatable {
        case incomplete
        /// The head ends after this many bytes.
        case complete(length: Int)
    }

    private let limits: ServerLimits
    /// Bytes looked at.
    private var position = 0
    /// Where the current line began.
    private var lineStart = 0
    /// Where the fields began; nil in the request line.
    private var fieldsStart: Int?
    private var fields = 0

    init(limits: ServerLimits) {
        self.limits = limits
    }

    /// Whether no byte was looked at yet.
    var isAtStart: Bool { position == 0 }

    /// Looks at what is new in `bytes`, which begin with the request and hold at least what they held before.
    mutating func advance(_ bytes: Span<UInt8>) throws(RequestRefusal) -> Progress {
        if position == 0, bytes.count > 0, !bytes[0].isToken {
            throw RequestRefusal(.badRequest, "not an HTTP request")
        }
        while position < bytes.count {
            let byte = bytes[position]
            let followsCR = position > lineStart && bytes[position - 1] == .carriageReturn
            guard (byte == .lineFeed) == followsCR else {
                throw RequestRefusal(.badRequest, followsCR ? "CR without LF" : "LF without CR")
            }
            position += 1
            guard byte == .lineFeed else { continue }
            let length = position - lineStart - 2
            if try endLine(length: length) { return .complete(length: position) }
            lineStart = position
        }
        try checkUnfinished()
        return .incomplete
    }

    /// Takes note of a line's end; true when it ends the head.
    private mutating func endLine(length: Int) throws(RequestRefusal) -> Bool {
        guard let fieldsStart else {
            try check(requestLine: length)
            fieldsStart = position
            return false
        }
        guard length > 0 else { return true }
        fields += 1
        guard fields <= limits.fields else {
            throw RequestRefusal(.fieldsTooLarge, "more than \(limits.fields) fields")
        }
        try check(fieldBytes: position - fieldsStart)
        return false
    }

    private func checkUnfinished() throws(RequestRefusal) {
        if let fieldsStart {
            // The empty line that ends the fields is not one of them.
            try check(fieldBytes: position - fieldsStart - 2)
        } else {
            try check(requestLine: position - 2)
        }
    }

    private func check(requestLine length: Int) throws(RequestRefusal) {
        guard length <= limits.requestLineBytes else {
            throw RequestRefusal(.targetTooLong, "request line longer than \(limits.requestLineBytes) bytes")
        }
    }

    private func check(fieldBytes length: Int) throws(RequestRefusal) {
        guard length <= limits.fieldBytes else {
            throw RequestRefusal(.fieldsTooLarge, "fields longer than \(limits.fieldBytes) bytes")
        }
    }
}
