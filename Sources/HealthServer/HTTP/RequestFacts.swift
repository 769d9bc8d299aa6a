// SPDX-License-Identifier: Apache-2.0

import Exposition

/// What a complete request head says about its framing, its connection, and whether prepared bytes can answer it.
///
/// Reading it also refuses what could be understood in two ways (RFC 9112 sections 3.2, 5 and 6.3): several or malformed
/// lengths, a length beside a transfer coding, an unknown coding, space before a colon, folded lines, several hosts.
struct RequestFacts: Equatable {
    /// Whether the request is HTTP/1.0.
    var isHTTP10 = false
    /// Whether the method is HEAD.
    var isHead = false
    /// Whether a body follows the head.
    var announcesBody = false
    /// Whether the client lets the connection stay open after the answer.
    var keepsAlive = true
    /// What is asked, when the request is a plain one that prepared bytes answer; nil sends it to the full parser.
    var prepared: StatusPath?
    /// Whether its `Host` is none that a browser could have been led here by, see ``LocalHost``.
    var isHostOurs = true

    /// The facts before there is a request.
    init() {}

    /// Reads the head, the first `length` bytes, which end with its empty line.
    init(_ head: Span<UInt8>, length: Int) throws(RequestRefusal) {
        let lineEnd = try readRequestLine(head)
        var fields = FieldFacts()
        var start = lineEnd + 2
        while start < length - 2 {
            start = try fields.read(head, from: start)
        }
        try fields.check(isHTTP10: isHTTP10)
        announcesBody = fields.announcesBody
        keepsAlive = isHTTP10 ? fields.wantsKeepAlive && !fields.wantsClose : !fields.wantsClose
        isHostOurs = fields.isHostOurs
        if !fields.isPlain || (prepared == .ready && isRoot && fields.acceptsHTML) { prepared = nil }
    }

    /// Whether the target is `/`, which a browser asks differently from a load balancer.
    private var isRoot = false

    private static let get = Array("GET".utf8)
    private static let head = Array("HEAD".utf8)
    private static let version10 = Array("HTTP/1.0".utf8)
    private static let version11 = Array("HTTP/1.1".utf8)
    private static let versionPrefix = Array("http/".utf8)

    /// Reads `method SP target SP version`; returns where the line ends.
    private mutating func readRequestLine(_ head: Span<UInt8>) throws(RequestRefusal) -> Int {
        var position = 0
        while head[position].isToken { position += 1 }
        let method = 0..<position
        guard !method.isEmpty, head[position] == .space else {
            throw RequestRefusal(.badRequest, "malformed request line")
        }
        position += 1
        let targetStart = position
        while head[position].isVisible { position += 1 }
        let target = targetStart..<position
        guard !target.isEmpty, head[position] == .space else {
            throw RequestRefusal(.badRequest, "malformed request line")
        }
        position += 1
        let versionStart = position
        while head[position] != .carriageReturn { position += 1 }
        let version = versionStart..<position
        isHTTP10 = head.equals(Self.version10, in: version)
        guard isHTTP10 || head.equals(Self.version11, in: version) else {
            let namesHTTP = version.count > 5 && head.matches(Self.versionPrefix, in: versionStart..<versionStart + 5)
            throw namesHTTP
                ? RequestRefusal(.versionUnsupported, "only HTTP/1.0 and HTTP/1.1 are spoken here")
                : RequestRefusal(.badRequest, "malformed request line")
        }
        isHead = head.equals(Self.head, in: method)
        isRoot = target.count == 1
        if isHead || head.equals(Self.get, in: method) {
            prepared = StatusPath.pathBytes.first { head.equals($0.path, in: target) }?.asks
        }
        return position
    }
}

/// What the fields of one request say, gathered line by line.
private struct FieldFacts {
    var isPlain = true
    var announcesBody = false
    var acceptsHTML = false
    var wantsClose = false
    var wantsKeepAlive = false
    var isHostOurs = true
    private var hosts = 0
    private var lengths = 0
    private var codings = 0

    private static let host = Array("host".utf8)
    private static let connection = Array("connection".utf8)
    private static let contentLength = Array("content-length".utf8)
    private static let transferEncoding = Array("transfer-encoding".utf8)
    private static let accept = Array("accept".utf8)
    private static let html = Array("html".utf8)
    private static let close = Array("close".utf8)
    private static let keepAlive = Array("keep-alive".utf8)
    private static let chunked = Array("chunked".utf8)
    /// Fields whose meaning is the full parser's business.
    private static let notPlain = ["upgrade", "expect", "x-request-id", "http2-settings"].map { Array($0.utf8) }

    /// Reads the line that begins at `start`; returns where the next one begins.
    mutating func read(_ head: Span<UInt8>, from start: Int) throws(RequestRefusal) -> Int {
        var position = start
        while head[position].isToken { position += 1 }
        let name = start..<position
        guard !name.isEmpty, head[position] == UInt8(ascii: ":") else {
            let isFolded = head[start] == .space || head[start] == .tab
            throw RequestRefusal(.badRequest, isFolded ? "folded field line" : "malformed field line")
        }
        position += 1
        let valueStart = position
        while head[position] != .carriageReturn {
            guard head[position].isFieldValue else {
                throw RequestRefusal(.badRequest, "control character in a field")
            }
            if head[position] >= 0x80 { isPlain = false }
            position += 1
        }
        try take(head, name: name, value: head.trimmed(valueStart..<position))
        return position + 2
    }

    /// Refuses fields that contradict each other.
    func check(isHTTP10: Bool) throws(RequestRefusal) {
        guard hosts == 1 || (hosts == 0 && isHTTP10) else {
            throw RequestRefusal(.badRequest, hosts == 0 ? "no Host field" : "several Host fields")
        }
        guard lengths <= 1 else { throw RequestRefusal(.badRequest, "several Content-Length fields") }
        guard codings == 0 || (codings == 1 && lengths == 0 && !isHTTP10) else {
            throw RequestRefusal(.badRequest, "Transfer-Encoding beside Content-Length, repeated, or in HTTP/1.0")
        }
    }

    private mutating func take(_ head: Span<UInt8>, name: Range<Int>, value: Range<Int>) throws(RequestRefusal) {
        switch name.count {
        case Self.host.count where head.matches(Self.host, in: name):
            hosts += 1
            for position in value where !head[position].isHost {
                throw RequestRefusal(.badRequest, "malformed Host field")
            }
            isHostOurs = LocalHost.mayBeOurs(head, value)
        case Self.connection.count where head.matches(Self.connection, in: name):
            takeConnection(head, value)
        case Self.contentLength.count where head.matches(Self.contentLength, in: name):
            try takeLength(head, value)
        case Self.transferEncoding.count where head.matches(Self.transferEncoding, in: name):
            guard head.matches(Self.chunked, in: value) else {
                throw RequestRefusal(.badRequest, "unknown transfer coding")
            }
            codings += 1
            announcesBody = true
            isPlain = false
        case Self.accept.count where head.matches(Self.accept, in: name):
            takeAccept(head, value)
        default:
            if Self.notPlain.contains(where: { head.matches($0, in: name) }) { isPlain = false }
        }
    }

    private mutating func takeConnection(_ head: Span<UInt8>, _ value: Range<Int>) {
        var start = value.lowerBound
        while start < value.upperBound {
            var end = start
            while end < value.upperBound, head[end] != UInt8(ascii: ",") { end += 1 }
            let option = head.trimmed(start..<end)
            if head.matches(Self.close, in: option) {
                wantsClose = true
            } else if head.matches(Self.keepAlive, in: option) {
                wantsKeepAlive = true
            } else {
                isPlain = false
            }
            start = end + 1
        }
    }

    private mutating func takeLength(_ head: Span<UInt8>, _ value: Range<Int>) throws(RequestRefusal) {
        guard (1...18).contains(value.count) else { throw RequestRefusal(.badRequest, "malformed Content-Length") }
        for position in value {
            guard (0x30...0x39).contains(head[position]) else {
                throw RequestRefusal(.badRequest, "malformed Content-Length")
            }
            if head[position] != 0x30 { announcesBody = true }
        }
        lengths += 1
        isPlain = false
    }

    private mutating func takeAccept(_ head: Span<UInt8>, _ value: Range<Int>) {
        guard value.count >= Self.html.count else { return }
        for start in value.lowerBound...(value.upperBound - Self.html.count)
        where head.matches(Self.html, in: start..<start + Self.html.count) {
            acceptsHTML = true
        }
    }
}
