// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

@testable import SocketTransport

extension FuzzTarget {
    /// The answer to a plain HTTP/1.1 request: `HTTP1ResponseReader` and `HTTP1Head`.
    static let http1 = FuzzTarget(name: "http1") { (bytes) throws(BrokenPromise) in
        for request in HTTP1Reading.requests { try checkAnswer(bytes, to: request) }
    }

    /// The same for answers longer than any limit: the middle of the bytes comes again and again.
    static let longHTTP1 = FuzzTarget(name: "http1-long") { (bytes) throws(BrokenPromise) in
        let third = bytes.count / 3
        let middle = bytes[third..<(bytes.count - third)]
        guard !middle.isEmpty else { return }
        let times = 2 * HTTPHeaders.maximumBytes / middle.count + 1
        let long = bytes[..<third] + Array(repeatElement(middle, count: times).joined()) + bytes.suffix(third)
        try checkAnswer(Array(long), to: HTTP1Reading.requests[0])
    }

    private static func checkAnswer(_ bytes: [UInt8], to request: HTTPRequest) throws(BrokenPromise) {
        // A kept connection reads the next answer with the reader of the one before, wherever that one stopped.
        var reader = HTTP1ResponseReader(request)
        let reading = try Cutting.demandSame(of: bytes) { (pieces) throws(BrokenPromise) in
            reader.reset()
            let reading = try HTTP1Reading(of: pieces, request, with: &reader)
            // Looking into the reader takes far longer than reading what cannot fill it.
            let longest = pieces.lazy.map(\.count).max() ?? 0
            let most = HTTPHeaders.maximumBytes + request.keptBodyBytes + longest
            guard bytes.count > most else { return reading }
            let kept = keptBytes(reader)
            try demand(kept <= most, "\(kept) bytes are kept, which should be \(most) at most")
            return reading
        }
        guard reading.problem == nil else { return }
        // What comes behind an answer says nothing about it.
        let alone = try HTTP1Reading(of: [bytes.prefix(reading.taken)], request)
        try demand(alone == reading, "without what follows: \(alone)\nwith it: \(reading)")
    }
}

/// What comes of reading one answer, and of the end of the connection after its bytes.
struct HTTP1Reading: Equatable {
    /// The answer, or what there is of it.
    private(set) var answer: HTTPAnswer?
    private(set) var problem: HTTP1Problem?
    /// How many bytes belong to it.
    private(set) var taken = 0
    /// Whether the connection may carry another exchange.
    private(set) var keepsConnection = false
    private var isWithinPiece = true

    /// One that keeps a part of a small body, one with the limits that a probe has by default, one without a body, and one that is
    /// content with most statuses.
    static let requests: [HTTPRequest] = [
        request("GET", limit: 64, kept: 16), request("GET", limit: 65_536, kept: 65_536),
        request("HEAD", limit: 64, kept: 64), request("GET", limit: 64, kept: 16, sufficientStatuses: 100...299),
    ]

    private static func request(
        _ method: String,
        limit: Int,
        kept: Int,
        sufficientStatuses: ClosedRange<Int>? = nil
    ) -> HTTPRequest {
        HTTPRequest(
            url: HTTPURL(isSecure: false, address: HostPort(ipv4: (127, 0, 0, 1), port: 80), path: "/"),
            method: method,
            maximumBodyBytes: limit,
            keptBodyBytes: kept,
            sufficientStatuses: sufficientStatuses
        )
    }

    /// Reads with a reader of its own.
    init(of pieces: [ArraySlice<UInt8>], _ request: HTTPRequest) throws(BrokenPromise) {
        var reader = HTTP1ResponseReader(request)
        try self.init(of: pieces, request, with: &reader)
    }

    /// Reads, and demands on the way what must hold of every answer.
    init(
        of pieces: [ArraySlice<UInt8>],
        _ request: HTTPRequest,
        with reader: inout HTTP1ResponseReader
    ) throws(BrokenPromise) {
        for piece in pieces where !reader.isComplete && problem == nil {
            let given = Array(piece)
            do throws(HTTP1Problem) {
                let count = try reader.take(given.span)
                taken += count
                isWithinPiece = isWithinPiece && (count == given.count || count < given.count && reader.isComplete)
            } catch {
                problem = error
            }
        }
        try demand(isWithinPiece, "\(taken) bytes of a piece are taken, and the answer is not complete")
        let endsItself = reader.isComplete
        keepsConnection = reader.keepsConnection
        if problem == nil, !endsItself {
            do throws(HTTP1Problem) { try reader.end() } catch { problem = error }
        }
        // Of a copy, as what the reader keeps is looked at afterwards.
        var copy = reader
        answer = copy.takeAnswer()
        try demand(reader.isComplete == (problem == nil), "complete: \(reader.isComplete), problem: \(problem as Any)")
        try demand(endsItself || !reader.keepsConnection, "a connection that has ended, or gone wrong, is kept")
        if problem == nil {
            try checkAnswer(to: request)
        } else {
            // How far it gets within the piece that is wrong depends on the piece.
            taken = 0
            answer?.bodyLength = 0
        }
    }

    private func checkAnswer(to request: HTTPRequest) throws(BrokenPromise) {
        guard let answer else { throw BrokenPromise(description: "a whole answer without a status line") }
        let isFinal = (1...99).contains(answer.status) || (200...999).contains(answer.status)
        try demand(isFinal, "status \(answer.status) of a final answer")
        let length = answer.bodyLength
        try demand(length <= request.maximumBodyBytes, "a body of \(length) bytes is taken")
        let saysAll = request.sufficientStatuses?.contains(answer.status) ?? false
        let kept = saysAll ? 0 : min(length, request.keptBodyBytes)
        try demand(answer.body.count == kept, "\(answer.body.count) bytes of a body are kept instead of \(kept)")
        try demand(request.method != "HEAD" || length == 0, "an answer to HEAD has a body of \(length) bytes")
        try demand(length <= taken, "a body of \(length) bytes in \(taken)")
        let fields = answer.headers.fields + answer.trailers.fields
        try demand(fields.count <= HTTPHeaders.maximumFields, "\(fields.count) fields")
        for field in fields {
            try demand(!field.name.utf8.contains(0) && !field.value.utf8.contains(0), "a NUL in \(field)")
        }
    }
}
