// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// What a probe said and heard, for `bellwether probe --trace`: a line each, `>` to the peer and `<` from it.
///
/// Bytes are shown as printable ASCII with C's escapes, so nothing in them has an effect on a terminal; a line ends where the
/// peer's line ends, or after 100 characters.
struct TraceReport {
    /// Longest piece of a conversation's line, in characters.
    private static let lineLength = 100
    /// Columns for the time and the stage.
    private static let columns = (time: 12, stage: 10)

    let entries: [TraceEntry]
    /// How many entries were not kept.
    let dropped: Int
    /// Offsets count from here.
    let startedAt: MonotonicInstant
    let redaction: TraceRedaction

    /// All of it; empty when nothing was taken down.
    var text: String {
        var lines = entries.flatMap(lines)
        if dropped > 0 { lines.append("… \(dropped) more entries") }
        return lines.joined(separator: "\n")
    }

    private func lines(of entry: TraceEntry) -> [String] {
        let isCut = entry.count > entry.bytes.count
        let bytes = redaction.applied(to: entry.bytes, isCut: isCut)
        guard let sign = entry.direction.sign else {
            return ["\(head(of: entry))  \(Self.escaped(bytes[...]))"]
        }
        var pieces = Self.pieces(of: bytes)
        if isCut { pieces.append("… \(entry.count - entry.bytes.count) more bytes") }
        let indent = String(repeating: " ", count: Self.columns.time + 2 + Self.columns.stage)
        return pieces.enumerated().map { number, piece in
            "\(number == 0 ? head(of: entry) : indent)  \(sign) \(piece)"
        }
    }

    private func head(of entry: TraceEntry) -> String {
        let nanoseconds = max(0, startedAt.duration(to: entry.at).inNanoseconds)
        let micros = String(nanoseconds / 1_000 % 1_000)
        let time = "\(nanoseconds / 1_000_000)." + String(repeating: "0", count: 3 - micros.count) + micros + "ms"
        let stage = entry.stage.rawValue
        return String(repeating: " ", count: max(0, Self.columns.time - time.count)) + time + "  " + stage
            + String(repeating: " ", count: max(0, Self.columns.stage - stage.count))
    }

    /// The escaped bytes in pieces that fit on a line.
    private static func pieces(of bytes: [UInt8]) -> [String] {
        var pieces: [String] = []
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.endIndex
            pieces += wrapped(bytes[start..<end])
            start = end
        }
        return pieces
    }

    private static func wrapped(_ line: ArraySlice<UInt8>) -> [String] {
        var pieces: [String] = []
        var piece = ""
        for byte in line {
            let shown = escaped(byte)
            if piece.utf8.count + shown.utf8.count > lineLength {
                pieces.append(piece)
                piece = ""
            }
            piece += shown
        }
        return pieces + [piece]
    }

    private static func escaped(_ bytes: ArraySlice<UInt8>) -> String { bytes.map(escaped).joined() }

    private static func escaped(_ byte: UInt8) -> String {
        switch byte {
        case 0x0A: return "\\n"
        case 0x0D: return "\\r"
        case 0x09: return "\\t"
        case 0x5C: return "\\\\"
        case 0x20..<0x7F: return String(UnicodeScalar(byte))
        default:
            let digits = String(byte, radix: 16)
            return "\\x" + (digits.count < 2 ? "0" : "") + digits
        }
    }
}

extension TraceEntry.Direction {
    fileprivate var sign: String? {
        switch self {
        case .sent: ">"
        case .received: "<"
        case .none: nil
        }
    }
}
