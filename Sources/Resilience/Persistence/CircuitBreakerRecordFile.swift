// SPDX-License-Identifier: Apache-2.0

/// The bytes of a file that keeps records: versioned, checksummed, the same on every platform.
///
/// The layout, all numbers little-endian: `BWCB`, a version byte, the number of records (4 bytes), the records, and FNV-1a (64 bit)
/// of everything before it. Writing the file (a temporary file, flushed, renamed over the old one) is left to the caller: this
/// module does no I/O.
public enum CircuitBreakerRecordFile {
    /// The version that is written, and the only one that is read.
    public static let version: UInt8 = 1

    /// The most records one file can hold.
    public static let maximumRecords = 100_000

    private static let magic = Array("BWCB".utf8)

    /// The bytes of `records`; texts are cut at 65,535 bytes.
    ///
    /// - Parameter records: at most ``maximumRecords``.
    /// - Returns: the whole file.
    public static func encode(_ records: [CircuitBreakerRecord]) -> [UInt8] {
        precondition(records.count <= maximumRecords, "\(records.count) records are more than \(maximumRecords)")
        var writer = ByteWriter()
        writer.bytes = magic
        writer.put(version)
        writer.put(UInt32(records.count))
        for record in records {
            writer.put(record.name)
            writer.put(record.state.rawValue)
            writer.putOptional(record.remaining?.wholeMilliseconds)
            writer.put(UInt32(clamping: record.openings))
            for text in [record.cause, record.operatorReason, record.operatorName] {
                writer.putFlag(text != nil)
                if let text { writer.put(text) }
            }
            writer.putOptional(record.savedAt?.wholeMilliseconds)
        }
        writer.put(checksum(writer.bytes[...]))
        return writer.bytes
    }

    /// Reads the records of a file.
    ///
    /// - Parameter bytes: the whole file.
    /// - Returns: the records.
    /// - Throws: ``DamagedRecordFile`` when a single bit is not as it was written.
    public static func decode(_ bytes: [UInt8]) throws(DamagedRecordFile) -> [CircuitBreakerRecord] {
        guard bytes.count >= magic.count + 13, bytes.starts(with: magic) else {
            throw DamagedRecordFile(reason: "not a file of circuit breaker records")
        }
        guard bytes[magic.count] == version else {
            throw DamagedRecordFile(reason: "version \(bytes[magic.count]) is not \(version)")
        }
        let body = bytes.dropLast(8)
        var trailer = ByteReader(rest: bytes.suffix(8))
        guard trailer.number(UInt64.self) == checksum(body) else {
            throw DamagedRecordFile(reason: "the checksum does not match")
        }
        var reader = ByteReader(rest: body.dropFirst(magic.count + 1))
        guard let count = reader.number(UInt32.self), count <= maximumRecords else {
            throw DamagedRecordFile(reason: "too many records")
        }
        var records: [CircuitBreakerRecord] = []
        for number in 0..<count {
            guard let record = record(&reader) else { throw DamagedRecordFile(reason: "record \(number) is malformed") }
            records.append(record)
        }
        guard reader.rest.isEmpty else { throw DamagedRecordFile(reason: "bytes after the last record") }
        return records
    }

    private static func record(_ reader: inout ByteReader) -> CircuitBreakerRecord? {
        guard let name = reader.text(),
            let state = reader.text().flatMap(CircuitBreakerState.init(rawValue:)),
            let remaining = reader.optionalNumber(),
            let openings = reader.number(UInt32.self),
            let cause = reader.optionalText(),
            let operatorReason = reader.optionalText(),
            let operatorName = reader.optionalText(),
            let savedAt = reader.optionalNumber()
        else { return nil }
        return CircuitBreakerRecord(
            name: name,
            state: state,
            remaining: remaining.map { .milliseconds($0) },
            openings: Int(openings),
            cause: cause,
            operatorReason: operatorReason,
            operatorName: operatorName,
            savedAt: savedAt.map { .milliseconds($0) }
        )
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}

/// A file of records that cannot be trusted.
///
/// It means closed breakers, never a failure to start.
public struct DamagedRecordFile: Error, Hashable, CustomStringConvertible {
    /// What is wrong with it.
    public let reason: String

    /// What is wrong with it.
    public var description: String { "damaged circuit breaker records: \(reason)" }
}
