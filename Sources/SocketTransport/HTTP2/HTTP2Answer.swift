// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// What of one answer over HTTP/2 has arrived: collected while bytes are taken apart, told after that.
struct HTTP2Answer {
    /// What makes an answer unacceptable.
    enum Refusal: Hashable {
        /// More of the body came at once than is allowed.
        case body(limit: Int)
        /// The fields, those of interim answers and trailers included, are longer than 32 KiB.
        case headerBytes
        /// There are more than 100 fields.
        case headerFields
    }

    /// How the stream ended.
    enum End: Hashable {
        /// The server said that the answer is whole.
        case whole
        /// The server reset the stream, or gave it up with the connection.
        case reset(HTTP2Error)
        /// The answer breaks a rule of HTTP/2.
        case broken(HTTP2Error)
    }

    /// Room for the fields of most answers, so that it is not made bit by bit.
    private static let usualHeadBytes = 480

    /// Most bytes of the body that may arrive before they are taken.
    let maximumPieceBytes: Int
    /// The status of the newest head; 0 before the first.
    private(set) var status = 0
    /// Whether the fields of the final answer are complete.
    private(set) var hasHead = false
    /// Whether anything came that belongs to the answer.
    private(set) var hasStarted = false
    /// Why the answer is not acceptable.
    private(set) var refusal: Refusal?
    /// How the stream ended; nil while it has not.
    private(set) var end: End?
    /// How many bytes of the body came.
    private(set) var bodyLength = 0
    /// Whether the server has said that it resets the stream.
    var isReset = false
    private var isWhole = false
    private var head: [UInt8] = []
    private var trailers: [UInt8] = []
    private var piece: [UInt8] = []
    private var fieldBytes = 0
    private var fieldCount = 0

    /// Nothing yet, of an answer of whose body at most `maximumPieceBytes` may arrive at once.
    init(maximumPieceBytes: Int) {
        self.maximumPieceBytes = maximumPieceBytes
    }

    /// A field came, in order; `:status` begins a head, which takes the place of an interim one.
    mutating func field(_ name: some Collection<UInt8>, _ value: some Collection<UInt8>) {
        hasStarted = true
        guard name.first != UInt8(ascii: ":") else {
            // Checked to be three digits before it is handed out (RFC 9113 section 8.3.2).
            status = value.reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
            head.removeAll(keepingCapacity: true)
            return
        }
        fieldBytes += name.count + value.count + 4
        fieldCount += 1
        if fieldBytes > HTTPHeaders.maximumBytes { refusal = refusal ?? .headerBytes }
        if fieldCount > HTTPHeaders.maximumFields { refusal = refusal ?? .headerFields }
        guard refusal == nil else { return }
        if hasHead {
            Self.append(name, value, to: &trailers)
        } else {
            if head.capacity == 0 { head.reserveCapacity(Self.usualHeadBytes) }
            Self.append(name, value, to: &head)
        }
    }

    /// A head, or the trailers, are complete.
    mutating func fieldsEnd() {
        if status >= 200 { hasHead = true }
    }

    /// Bytes of the body came.
    mutating func body(_ bytes: some Collection<UInt8>) {
        hasStarted = true
        bodyLength += bytes.count
        guard piece.count + bytes.count <= maximumPieceBytes else {
            refusal = refusal ?? .body(limit: maximumPieceBytes)
            return
        }
        piece.append(contentsOf: bytes)
    }

    /// The server says that nothing of the answer follows.
    mutating func answerEnds() {
        isWhole = hasHead
    }

    /// The stream is closed: nothing more comes of it.
    mutating func streamEnds(_ error: HTTP2Error) {
        // A server that has said all may reset the stream, so that no more is sent to it (RFC 9113 section 8.1).
        if isWhole {
            end = .whole
        } else {
            // Streams that a connection is given up with end as refused, without a word about each.
            end = isReset || error == .refusedStream ? .reset(error) : .broken(error)
        }
    }

    /// The bytes of the body that were not taken yet.
    mutating func takePiece() -> [UInt8] {
        defer { piece = [] }
        return piece
    }

    /// The answer so far, without its body; nil before its fields are complete.
    var answer: HTTPAnswer? {
        guard hasHead else { return nil }
        return HTTPAnswer(
            status: status,
            version: "2",
            headers: HTTPHeaders(lines: head),
            trailers: HTTPHeaders(lines: trailers),
            body: [],
            bodyLength: bodyLength
        )
    }

    private static func append(
        _ name: some Collection<UInt8>,
        _ value: some Collection<UInt8>,
        to lines: inout [UInt8]
    ) {
        lines.append(contentsOf: name)
        lines.append(UInt8(ascii: ":"))
        lines.append(contentsOf: value)
        lines.append(UInt8(ascii: "\n"))
    }
}
