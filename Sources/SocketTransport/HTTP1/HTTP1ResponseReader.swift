// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// Reads one answer over HTTP/1.1 from bytes as they arrive, however they are cut (RFC 9112).
///
/// Bounded by what the request allows: 32 KiB and 100 fields, `maximumBodyBytes` of body. As tolerant as clients are by
/// custom, a bare LF ends a line and a line may be folded, but strict in all that says where the answer ends: that decides what
/// the next answer on the connection is.
struct HTTP1ResponseReader {
    /// Where reading stands.
    private enum Stage {
        case statusLine
        case fields
        case fixedBody(left: Int)
        case bodyUntilEnd
        case chunkSize
        case chunkData(left: Int)
        case chunkEnd
        case trailers
        case complete
    }

    private let isHead: Bool
    private let maximumBodyBytes: Int
    private let keptBodyBytes: Int
    private let sufficientStatuses: ClosedRange<Int>?
    private var stage = Stage.statusLine
    private var head = HTTP1Head()
    /// The beginning of a line whose end has not arrived.
    private var unfinished: [UInt8] = []
    /// The lines of the fields, and those of the trailers, with their ends.
    private var fieldLines: [UInt8] = []
    private var trailerLines: [UInt8] = []
    private var body: [UInt8] = []
    private var bodyLength = 0
    private var headerBytes = 0
    private var fieldCount = 0

    /// Makes a reader for the answer to `request`.
    init(_ request: HTTPRequest) {
        isHead = request.method == "HEAD"
        maximumBodyBytes = request.maximumBodyBytes
        keptBodyBytes = request.keptBodyBytes
        sufficientStatuses = request.sufficientStatuses
    }

    /// Whether any byte has arrived.
    private(set) var hasBytes = false
    /// Whether a status line has arrived.
    var hasStarted: Bool { head.status > 0 }
    /// Whether the answer is whole.
    var isComplete: Bool { if case .complete = stage { true } else { false } }
    /// Whether the connection may carry another exchange; bytes after the answer's end forbid it besides.
    var keepsConnection: Bool { isComplete && head.keepsConnection && !endsWithConnection }
    private var endsWithConnection = false
    /// Whether nobody looks at more of the answer than its status, once it is whole.
    private var saysAll: Bool { sufficientStatuses?.contains(head.status) ?? false }

    /// Forgets the answer before, to read the next.
    mutating func reset() {
        guard hasBytes else { return }
        stage = .statusLine
        head = HTTP1Head()
        if !unfinished.isEmpty { unfinished.removeAll(keepingCapacity: true) }
        // These were handed out.
        fieldLines = []
        trailerLines = []
        body = []
        bodyLength = 0
        headerBytes = 0
        fieldCount = 0
        hasBytes = false
        endsWithConnection = false
    }

    /// What of the body has arrived and is kept; nil without the answer's status line.
    var excerpt: [UInt8]? { hasStarted ? body : nil }

    /// Hands out what has arrived of the final answer, and forgets it; nil without its status line.
    mutating func takeAnswer() -> HTTPAnswer? {
        defer { reset() }
        guard hasStarted else { return nil }
        return HTTPAnswer(
            status: head.status,
            version: head.isHTTP10 ? "1.0" : "1.1",
            headers: HTTPHeaders(lines: exchange(&fieldLines, with: [])),
            trailers: HTTPHeaders(lines: exchange(&trailerLines, with: [])),
            body: isComplete && saysAll ? [] : exchange(&body, with: []),
            bodyLength: bodyLength
        )
    }

    /// Takes bytes and returns how many belong to the answer: fewer than all only when it is complete.
    mutating func take(_ bytes: borrowing Span<UInt8>) throws(HTTP1Problem) -> Int {
        hasBytes = hasBytes || !bytes.isEmpty
        var position = 0
        while position < bytes.count {
            switch stage {
            case .complete:
                return position
            case .fixedBody(let left):
                let count = min(left, bytes.count - position)
                try keep(bytes.extracting(position..<(position + count)), isLast: count == left)
                position += count
                stage = count == left ? .complete : .fixedBody(left: left - count)
            case .chunkData(let left):
                let count = min(left, bytes.count - position)
                try keep(bytes.extracting(position..<(position + count)))
                position += count
                stage = count == left ? .chunkEnd : .chunkData(left: left - count)
            case .bodyUntilEnd:
                try keep(bytes.extracting(position..<bytes.count))
                position = bytes.count
            case .statusLine:
                if unfinished.isEmpty { try takePlainStatusLine(bytes, from: &position) }
                if case .statusLine = stage { try takeLine(bytes, from: &position) }
            case .fields:
                if unfinished.isEmpty { try takePlainFields(bytes, from: &position) }
                if case .fields = stage, position < bytes.count { try takeLine(bytes, from: &position) }
            case .chunkSize, .chunkEnd, .trailers:
                try takeLine(bytes, from: &position)
            }
        }
        return position
    }

    /// The peer has closed the connection; returns when that makes the answer complete.
    mutating func end() throws(HTTP1Problem) {
        switch stage {
        case .complete: break
        case .bodyUntilEnd: stage = .complete
        case .statusLine where !hasBytes: throw .nothing
        case .statusLine, .fields: throw .endWithinFields
        case .fixedBody(let left): throw .endWithinBody(missing: left)
        case .chunkSize, .chunkData, .chunkEnd, .trailers: throw .endWithinBody(missing: nil)
        }
    }
}

// MARK: - Lines without a second look

extension HTTP1ResponseReader {
    /// Takes the status line, unless it needs a second look.
    @inline(__always)
    private mutating func takePlainStatusLine(
        _ bytes: borrowing Span<UInt8>,
        from position: inout Int
    ) throws(HTTP1Problem) {
        guard let line = HTTP1Line(in: bytes, from: position) else { return }
        let length = line.next - position
        guard length <= HTTPHeaders.maximumBytes - headerBytes else { return }
        try head.begin(with: bytes.extracting(line.text))
        headerBytes += length
        position = line.next
        stage = .fields
    }

    /// Takes the field lines up to one that needs a second look, or to the fields' end, and keeps them all at once.
    @inline(__always)
    private mutating func takePlainFields(
        _ bytes: borrowing Span<UInt8>,
        from position: inout Int
    ) throws(HTTP1Problem) {
        let taken = head.takePlainFields(
            of: bytes,
            from: position,
            bytes: HTTPHeaders.maximumBytes - headerBytes,
            fields: HTTPHeaders.maximumFields - fieldCount
        )
        if taken.count > 0, !saysAll { fieldLines.append(bytes.extracting(position..<taken.end)) }
        fieldCount += taken.count
        headerBytes += taken.next - position
        position = taken.next
        if taken.isEnd { try endFields() }
    }
}

// MARK: - Lines

extension HTTP1ResponseReader {
    /// The longest line that announces a chunk, extensions included.
    private static let longestChunkLine = 4_096

    /// Takes one line, or the beginning of one.
    private mutating func takeLine(_ bytes: borrowing Span<UInt8>, from position: inout Int) throws(HTTP1Problem) {
        let end = bytes.firstIndex(of: .lineFeed, from: position)
        let isWhole = end != nil
        let next = end.map { $0 + 1 } ?? bytes.count
        let part = bytes.extracting(position..<next)
        position = next
        if isWhole, unfinished.isEmpty { return try takeWhole(part) }
        unfinished.append(part)
        if isWhole {
            let line = unfinished
            unfinished.removeAll(keepingCapacity: true)
            try takeWhole(line.span)
        } else {
            try checkUnfinished()
        }
    }

    /// Refuses a line that goes wrong before its end has come.
    private func checkUnfinished() throws(HTTP1Problem) {
        switch stage {
        case .statusLine:
            guard HTTP1Head.canBegin(with: unfinished.span) else { throw .noStatusLine }
            fallthrough
        case .fields, .trailers:
            guard headerBytes + unfinished.count <= HTTPHeaders.maximumBytes else { throw .headerBytes }
        default:
            guard unfinished.count <= Self.longestChunkLine else { throw .chunk }
        }
    }

    /// Takes a line with its end.
    private mutating func takeWhole(_ line: borrowing Span<UInt8>) throws(HTTP1Problem) {
        var length = line.count - 1
        if length > 0, line[length - 1] == UInt8.carriageReturn { length -= 1 }
        let text = line.extracting(0..<length)
        switch stage {
        case .chunkSize:
            guard line.count <= Self.longestChunkLine else { throw .chunk }
            let size = try HTTP1Head.chunkSize(text)
            stage = size == 0 ? .trailers : .chunkData(left: size)
        case .chunkEnd:
            guard text.isEmpty else { throw .chunk }
            stage = .chunkSize
        default:
            headerBytes += line.count
            guard headerBytes <= HTTPHeaders.maximumBytes else {
                // A line is known by its beginning, whether or not its end has come with it.
                if case .statusLine = stage, !HTTP1Head.canBegin(with: text) { throw .noStatusLine }
                throw .headerBytes
            }
            try takeHeaderLine(line, text)
        }
    }

    private mutating func takeHeaderLine(
        _ line: borrowing Span<UInt8>,
        _ text: borrowing Span<UInt8>
    ) throws(HTTP1Problem) {
        if case .statusLine = stage {
            try head.begin(with: text)
            _ = try Self.hasColon(text)
            stage = .fields
            return
        }
        guard !text.isEmpty else { return try endFields() }
        fieldCount += 1
        guard fieldCount <= HTTPHeaders.maximumFields else { throw .headerFields }
        let hasColon = try Self.hasColon(text)
        // A line that begins with white space continues the one before (RFC 9112 section 5.2).
        let isFolded = text[0] == UInt8(ascii: " ") || text[0] == UInt8(ascii: "\t")
        guard !isFolded || fieldCount > 1 else { throw .nothingToContinue }
        guard hasColon || isFolded else { throw .noColon }
        if case .trailers = stage {
            if !saysAll { trailerLines.append(line) }
        } else {
            if !saysAll { fieldLines.append(line) }
            try head.take(text)
        }
    }

    /// Whether there is a colon in a line that holds nothing which ends it for some readers and not for others (RFC 9112
    /// section 2.2).
    private static func hasColon(_ text: borrowing Span<UInt8>) throws(HTTP1Problem) -> Bool {
        let nul = text.firstIndex(of: 0) ?? text.count
        let carriageReturn = text.firstIndex(of: .carriageReturn) ?? text.count
        if nul < carriageReturn { throw .nul }
        if carriageReturn < text.count { throw .carriageReturn }
        return text.contains(UInt8(ascii: ":"))
    }

    /// The empty line has come.
    private mutating func endFields() throws(HTTP1Problem) {
        if case .trailers = stage {
            stage = .complete
            return
        }
        if head.isInterim {
            guard head.status != 101 else { throw .switchedProtocols }
            head = HTTP1Head()
            fieldLines.removeAll(keepingCapacity: true)
            fieldCount = 0
            stage = .statusLine
            return
        }
        switch try head.framing(isHead: isHead) {
        case .none: stage = .complete
        case .length(0): stage = .complete
        case .length(let length): stage = .fixedBody(left: length)
        case .chunked: stage = .chunkSize
        case .untilEnd:
            endsWithConnection = true
            stage = .bodyUntilEnd
        }
    }

    /// Counts a piece of the body, and keeps what of it is asked for.
    ///
    /// Where the status says all, a body that comes at once need not be kept even for the case that it breaks off.
    private mutating func keep(_ bytes: borrowing Span<UInt8>, isLast: Bool = false) throws(HTTP1Problem) {
        bodyLength += bytes.count
        let isTooLarge = bodyLength > maximumBodyBytes
        let room = min(keptBodyBytes - body.count, bytes.count)
        if room > 0, !isLast || isTooLarge || !saysAll { body.append(bytes.extracting(0..<room)) }
        if isTooLarge { throw .tooLarge(limit: maximumBodyBytes) }
    }
}
