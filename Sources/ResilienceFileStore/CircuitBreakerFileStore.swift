// SPDX-License-Identifier: Apache-2.0

public import Resilience

/// Keeps the records of circuit breakers in one file, so that an open breaker is still open after a restart.
///
/// ```swift
/// let store = CircuitBreakerFileStore(path: "/var/lib/shop/breakers")
/// let persistence = CircuitBreakerPersistence(manager: breakers, store: store, wallClock: .system)
/// await persistence.restore()
/// try await withThrowingTaskGroup { group in
///     group.addTask { await persistence.run() }
///     …
/// }
/// ```
///
/// **The file** holds the bytes of ``CircuitBreakerRecordFile``, can be read by its owner alone (mode 0600), and is replaced as a whole:
/// written to a temporary file in the same directory, flushed, renamed, and the directory flushed. A crash, also of the machine,
/// leaves the old file or the new one. What a crash leaves of a temporary file (`<path>.0.tmp` and so on) is removed by the next store.
///
/// **A file that cannot be trusted** (damaged, cut off, of another version, too long) means closed breakers. It is renamed to
/// `<path>.damaged`, in place of an older one, and the error ``CircuitBreakerFileError/Code/damaged`` tells of it once. Anything at the
/// path that is not a regular file, also a symbolic link, is refused and left alone; the directory may be reached through links.
///
/// **When writing fails**, for example because the disk is full, the old file stays and the error is thrown; the records stay in memory,
/// and the next save, removal or ``flush()`` writes them all.
///
/// **Several stores on one path**, in one process or in several, never tear the file, but each writes what it knows: the last
/// complete file wins, and records of the others are lost. Give each process a path of its own.
///
/// **No call waits for the disk.** A breaker never calls its store; ``CircuitBreakerPersistence`` does, from a task of its own. The store
/// reads and writes on a thread that lives only while there is something to do, so a slow disk does not block Swift's cooperative
/// threads either. What is saved while a write is going on shares the next write. An operation that has begun cannot be cancelled.
///
/// It is not a database: every change writes the whole file. That is right for thousands of breakers that open now and then.
public final class CircuitBreakerFileStore: CircuitBreakerStore {
    /// The path of the file.
    public var path: String { file.path }

    private let file: RecordFile
    private let thread = FileThread()
    private let contents = Locked(StoredRecords())

    /// Makes a store; the file is read by the first operation.
    ///
    /// - Parameters:
    ///   - path: the path of the file, whose directory must exist and be writable.
    ///   - maximumBytes: the longest file that is read or written, at least 1,024; default 16 MiB, some 150,000 breakers.
    public convenience init(path: String, maximumBytes: Int = 16 << 20) {
        self.init(path: path, maximumBytes: maximumBytes, files: SystemFiles())
    }

    init(path: String, maximumBytes: Int = 16 << 20, files: any FileOperations) {
        precondition(maximumBytes >= 1_024, "a maximum of \(maximumBytes) bytes is not at least 1,024")
        file = RecordFile(path: path, maximumBytes: maximumBytes, files: files)
    }

    /// Saves a record in place of the one with the same name.
    ///
    /// - Parameter record: the record.
    /// - Throws: why the file could not be written; the record is kept in memory.
    nonisolated(nonsending) public func save(_ record: CircuitBreakerRecord) async throws(CircuitBreakerFileError) {
        contents.withLock { $0.change(record.name, to: record) }
        try await write()
    }

    /// All records, sorted by name: those of the file when nothing was saved yet.
    ///
    /// - Returns: the records; none when there is no file.
    /// - Throws: why the file could not be read.
    nonisolated(nonsending) public func load() async throws(CircuitBreakerFileError) -> [CircuitBreakerRecord] {
        try await run { () throws(CircuitBreakerFileError) in
            try self.readOnce()
            try self.reportDamage()
            return self.contents.withLock { contents in
                contents.applyChanges()
                return contents.sorted
            }
        }
    }

    /// Forgets the record of `name`; writes nothing when there is none.
    ///
    /// - Parameter name: the name of the breaker.
    /// - Throws: why the file could not be written; the record is forgotten in memory.
    nonisolated(nonsending) public func remove(_ name: String) async throws(CircuitBreakerFileError) {
        contents.withLock { $0.change(name, to: nil) }
        try await write()
    }

    /// Saves and removes records with one write.
    ///
    /// - Parameters:
    ///   - records: what to save.
    ///   - names: the names of the records to forget.
    /// - Throws: why the file could not be written; the changes are kept in memory.
    nonisolated(nonsending) public func update(
        saving records: [CircuitBreakerRecord],
        removing names: [String]
    ) async throws(CircuitBreakerFileError) {
        contents.withLock { contents in
            for record in records { contents.change(record.name, to: record) }
            for name in names { contents.change(name, to: nil) }
        }
        try await write()
    }

    /// Writes what an earlier failure has kept from the file; does nothing when the file is up to date.
    ///
    /// - Throws: why the file could not be written.
    nonisolated(nonsending) public func flush() async throws(CircuitBreakerFileError) {
        try await write()
    }

    private nonisolated(nonsending) func write() async throws(CircuitBreakerFileError) {
        try await run { () throws(CircuitBreakerFileError) in
            try self.readOnce()
            let unsaved = self.contents.withLock { contents in
                contents.applyChanges()
                return contents.isSaved ? nil : contents.sorted
            }
            if let unsaved {
                try self.file.replace(with: unsaved)
                self.contents.withLock { $0.isSaved = true }
            }
            try self.reportDamage()
        }
    }

    /// Reads the file unless it has been read.
    ///
    /// Only the thread calls it. A damaged file counts as read, because it has been set aside; any other failure leaves the file to the next operation.
    private func readOnce() throws(CircuitBreakerFileError) {
        guard !contents.withLock({ $0.isRead }) else { return }
        do throws(CircuitBreakerFileError) {
            let records = try file.read()
            contents.withLock { $0.begin(with: records) }
        } catch {
            guard error.code == .damaged else { throw error }
            contents.withLock { $0.begin(with: [], damage: error) }
        }
    }

    /// Throws once when the file was damaged.
    private func reportDamage() throws(CircuitBreakerFileError) {
        if let damage = contents.withLock({ $0.takeDamage() }) { throw damage }
    }

    private nonisolated(nonsending) func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws(CircuitBreakerFileError) -> Value
    ) async throws(CircuitBreakerFileError) -> Value {
        let path = path
        return try await thread.run(onFailure: { CircuitBreakerFileError($0, path: path) }, work)
    }
}
