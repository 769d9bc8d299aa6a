// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// Collects one answer from libcurl's callbacks and refuses what is more than allowed.
///
/// Counts what arrives here, not what libcurl reports: its own counters see a compressed or chunked body only on the wire.
struct AnswerBuffer {
    /// Why no more is taken.
    enum Refusal: Hashable {
        /// The body is longer than the limit.
        case body(limit: Int)
        /// The fields are longer than 32 KiB.
        case headerBytes
        /// There are more than 100 fields.
        case headerFields
        /// The content has a coding, or several on top of each other, that nobody offered to undo.
        case coding(String)
        /// The answer is in another version of HTTP than the one asked for; the text is its status line's first word.
        case version(String)
    }

    private let maximumBodyBytes: Int
    private let keptBodyBytes: Int
    private let requiresHTTP2: Bool
    private let decompresses: Bool
    private(set) var headerLines: [UInt8] = []
    /// The lines that came after the fields were complete.
    private(set) var trailerLines: [UInt8] = []
    private(set) var body: [UInt8] = []
    private(set) var bodyLength = 0
    private(set) var refusal: Refusal?
    /// Whether the empty line after the fields was seen.
    private(set) var hasCompleteHeaders = false
    /// Every header byte of the exchange, interim answers included, so that a flood of those ends too.
    private var headerBytes = 0
    private var fieldCount = 0

    init(_ request: HTTPRequest) {
        maximumBodyBytes = request.maximumBodyBytes
        keptBodyBytes = request.keptBodyBytes
        requiresHTTP2 = request.version.requiresHTTP2
        decompresses = request.decompresses
    }

    /// Whether any byte of an answer was seen.
    var hasStarted: Bool { headerBytes > 0 || bodyLength > 0 }

    /// Forgets the answer before, to take the next.
    mutating func reset() {
        headerLines = []
        trailerLines = []
        body = []
        bodyLength = 0
        refusal = nil
        hasCompleteHeaders = false
        headerBytes = 0
        fieldCount = 0
    }

    /// Takes a whole header line; false when it is one too many.
    ///
    /// A status line begins the fields anew, so those of interim answers are dropped.
    mutating func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= HTTPHeaders.maximumBytes else {
            refusal = .headerBytes
            return false
        }
        if unsafe Self.isStatusLine(line), bodyLength == 0 {
            if requiresHTTP2, unsafe !line.prefix(6).elementsEqual("HTTP/2".utf8) {
                refusal = .version(
                    unsafe String(decoding: line.prefix { $0 != UInt8(ascii: " ") }.prefix(8), as: UTF8.self)
                )
                return false
            }
            headerLines.removeAll(keepingCapacity: true)
            // Most answers' fields fit, so that the lines need one allocation together.
            headerLines.reserveCapacity(512)
            fieldCount = 0
            hasCompleteHeaders = false
            return true
        }
        // The empty line ends the fields; one of a blank does not.
        guard unsafe !line.elementsEqual("\r\n".utf8), unsafe !line.elementsEqual("\n".utf8) else {
            hasCompleteHeaders = true
            if decompresses, let coding = ContentCoding.refused(in: HTTPHeaders(lines: headerLines)) {
                refusal = .coding(coding)
                return false
            }
            return true
        }
        fieldCount += 1
        guard fieldCount <= HTTPHeaders.maximumFields else {
            refusal = .headerFields
            return false
        }
        // unsafe: libcurl's buffer is copied during its callback.
        if hasCompleteHeaders {
            unsafe trailerLines.append(contentsOf: line)
        } else {
            unsafe headerLines.append(contentsOf: line)
        }
        return true
    }

    /// Takes a piece of the body; false when it is more than allowed.
    mutating func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let room = keptBodyBytes - body.count
        // unsafe: libcurl's buffer is copied during its callback.
        if room > 0 { unsafe body.append(contentsOf: bytes.prefix(room)) }
        bodyLength += bytes.count
        guard bodyLength <= maximumBodyBytes else {
            refusal = .body(limit: maximumBodyBytes)
            return false
        }
        return true
    }

    private static func isStatusLine(_ line: UnsafeRawBufferPointer) -> Bool {
        // unsafe: the bytes are libcurl's, valid during its callback.
        unsafe line.count >= 5 && line.prefix(5).elementsEqual([0x48, 0x54, 0x54, 0x50, 0x2F])
    }
}
