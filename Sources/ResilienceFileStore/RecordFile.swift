// SPDX-License-Identifier: Apache-2.0

import Resilience

/// The file of a store: read at once, and replaced as a whole.
///
/// A replacement is written to a temporary file beside the old one, flushed, renamed over it, and the directory flushed: whoever
/// looks, also after a crash at any point, finds the old file or the new one, complete.
struct RecordFile: Sendable {
    let path: String
    let maximumBytes: Int
    let files: any FileOperations

    /// Where a damaged file goes, in place of an older one.
    var damagedPath: String { path + ".damaged" }

    private var directory: String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }

    /// The records of the file; none where there is no file.
    func read() throws(CircuitBreakerFileError) -> [CircuitBreakerRecord] {
        guard !path.utf8.contains(0) else {
            throw CircuitBreakerFileError(.notRegularFile, path: path, detail: "a zero byte in the path")
        }
        TemporaryFile.removeLeftovers(of: path, files)
        guard let bytes = try contents() else { return [] }
        let problem: String
        if bytes.count > maximumBytes {
            problem = "longer than \(maximumBytes) bytes"
        } else {
            do {
                return try CircuitBreakerRecordFile.decode(bytes)
            } catch {
                problem = error.description
            }
        }
        try setAside(problem)
        throw CircuitBreakerFileError(.damaged, path: path, detail: "\(problem); set aside as \(damagedPath)")
    }

    /// Replaces the file.
    func replace(with records: [CircuitBreakerRecord]) throws(CircuitBreakerFileError) {
        guard records.count <= CircuitBreakerRecordFile.maximumRecords else {
            throw CircuitBreakerFileError(.tooLarge, path: path, detail: "\(records.count) records")
        }
        let bytes = CircuitBreakerRecordFile.encode(records)
        guard bytes.count <= maximumBytes else {
            throw CircuitBreakerFileError(
                .tooLarge,
                path: path,
                detail: "\(bytes.count) bytes are more than \(maximumBytes)"
            )
        }
        do throws(SystemFailure) {
            let folder = try files.open(directory, .directory)
            defer { files.close(folder) }
            let temporary = try TemporaryFile(for: path, files)
            defer { files.close(temporary.descriptor) }
            do throws(SystemFailure) {
                try temporary.fill(bytes)
                try files.rename(temporary.path, to: path)
            } catch {
                temporary.remove()
                throw error
            }
            try files.flush(folder)
        } catch {
            throw CircuitBreakerFileError(error, path: path)
        }
    }

    /// The bytes of the file, at most one more than allowed; nil where there is no file.
    private func contents() throws(CircuitBreakerFileError) -> [UInt8]? {
        do throws(SystemFailure) {
            let descriptor = try files.open(path, .reading)
            defer { files.close(descriptor) }
            guard try files.status(of: descriptor).isRegular else { throw SystemFailure.wrongKind }
            return try files.read(descriptor, atMost: maximumBytes + 1)
        } catch {
            guard !error.isMissing else { return nil }
            throw CircuitBreakerFileError(error, path: path)
        }
    }

    private func setAside(_ problem: String) throws(CircuitBreakerFileError) {
        do {
            try files.rename(path, to: damagedPath)
        } catch {
            throw CircuitBreakerFileError(
                CircuitBreakerFileError(error, path: path).code,
                path: path,
                detail: "\(problem); it could not be set aside: \(error.meaning)",
                systemCode: error.code
            )
        }
    }
}
