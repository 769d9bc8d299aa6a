// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// What is wrong with an answer over HTTP/1.1.
enum HTTP1Problem: Error, Hashable {
    /// It does not begin with `HTTP/`.
    case noStatusLine
    /// Its first line begins like one, and is none of HTTP/1.
    case statusLine
    /// The server speaks another protocol from here on, which nobody asked for.
    case switchedProtocols
    /// A field line has no colon.
    case noColon
    /// The first field line begins with white space, as if it continued another.
    case nothingToContinue
    /// A field that says where the answer or the connection ends has white space before its colon.
    case blankBeforeColon
    /// The status line or a field holds a NUL.
    case nul
    /// The status line or a field holds a carriage return that ends no line.
    case carriageReturn
    /// Its fields, those of interim answers and trailers included, are longer than 32 KiB.
    case headerBytes
    /// It has more than 100 fields.
    case headerFields
    /// `Content-Length` is no number, or there are several that differ.
    case contentLength
    /// A transfer coding other than `chunked`.
    case transferCoding(String)
    /// The chunked coding is broken.
    case chunk
    /// The body is longer than allowed.
    case tooLarge(limit: Int)
    /// The connection was closed without a byte of an answer.
    case nothing
    /// The connection was closed within the fields.
    case endWithinFields
    /// The connection was closed within the body; how much is missing, when that is known.
    case endWithinBody(missing: Int?)

    /// The reason that an outcome gives.
    var reason: FailureReason {
        switch self {
        case .tooLarge: .tooLarge
        case .transferCoding: .decode
        default: .protocolError
        }
    }

    /// What an outcome says, in a few words.
    var message: String {
        switch self {
        case .noStatusLine: "the answer is not HTTP/1 (no status line)"
        case .statusLine: "the answer is not HTTP/1 (broken status line)"
        case .switchedProtocols: "101 without a question for it"
        case .noColon: "the answer breaks the protocol: a header without a colon"
        case .nothingToContinue: "the answer breaks the protocol: a folded header line before any other"
        case .blankBeforeColon: "the answer breaks the protocol: white space before the colon of a header"
        case .nul: "the answer breaks the protocol: NUL in a header"
        case .carriageReturn: "the answer breaks the protocol: a carriage return within a header line"
        case .headerBytes: "headers longer than \(HTTPHeaders.maximumBytes) bytes"
        case .headerFields: "more than \(HTTPHeaders.maximumFields) header fields"
        case .contentLength: "the answer breaks the protocol: no single Content-Length"
        case .transferCoding(let coding): "transfer coding \"\(coding)\", which was not asked for"
        case .chunk: "the answer broke off: broken chunked coding"
        case .tooLarge(let limit): "body longer than \(limit) bytes"
        case .nothing: "connection closed without an answer"
        case .endWithinFields: "the answer ended too early: within its header"
        case .endWithinBody(let missing?): "the answer ended too early: \(missing) bytes are missing"
        case .endWithinBody(nil): "the answer ended too early: within a chunk"
        }
    }
}
