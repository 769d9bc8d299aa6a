// SPDX-License-Identifier: Apache-2.0

import Glibc
package import HealthModel

/// A directory with the state database in it: `state.db`, its log, the lock of the agent that uses it, and what was set aside.
///
/// The directory is made when it is missing, for its owner alone, and so are the files. A name under which lies anything but a
/// regular file is left alone, and so is a database that a newer agent or another program has written.
package struct StateDirectory: StateMedium {
    static let fileName = "state.db"

    private let path: String
    private let limits: StateLimits
    private let schema: StateSchema
    private let clock: @Sendable () -> MonotonicInstant

    /// - Parameters:
    ///   - path: the directory.
    ///   - limits: every bound.
    ///   - clock: the present, for the bound of the check at open.
    package init(path: String, limits: StateLimits = StateLimits(), clock: @escaping @Sendable () -> MonotonicInstant) {
        self.init(path: path, limits: limits, schema: .current, clock: clock)
    }

    init(path: String, limits: StateLimits, schema: StateSchema, clock: @escaping @Sendable () -> MonotonicInstant) {
        self.path = path
        self.limits = limits
        self.schema = schema
        self.clock = clock
    }

    package func open(at now: SaveStamp) throws(StateError) -> any StateDatabase {
        let directory = try makeDirectory()
        let lock = try StateLock(directory: directory)
        let file = "\(directory)/\(Self.fileName)"
        for suffix in ["-wal", "-shm", "-journal"] { _ = try Self.isRegularFile(file + suffix) }
        if try !Self.isRegularFile(file) { try Self.makeFile(file) }
        try Self.closeToOthers(file)
        try Self.checkHeader(file)
        return try SQLiteDatabase(path: file, lock: lock, limits: limits, schema: schema, clock: clock, at: now)
    }

    package func setAside(at now: SaveStamp) throws(StateError) -> String {
        let directory = try makeDirectory()
        let lock = try StateLock(directory: directory)
        defer { withExtendedLifetime(lock) {} }
        let file = "\(directory)/\(Self.fileName)"
        let prefix = "\(Self.fileName).corrupt-"
        let kept = try Self.names(in: directory).filter { $0.hasPrefix(prefix) && !$0.hasSuffix("-wal") }
        guard kept.count < limits.setAsideKept else {
            throw StateError(
                .corrupt,
                "the state is damaged again, and \(kept.count) damaged files lie in \(directory)"
            )
        }
        let date = now.wall.rfc3339.filter { $0 != "-" && $0 != ":" }
        let aside = "\(directory)/\(prefix)\(date)"
        // unsafe: in this file the C library reads each path during the call, and keeps none.
        guard unsafe access(aside, F_OK) != 0 else {
            throw StateError(.corrupt, "the state is damaged, and \(aside) exists")
        }
        // The log first: without its database it means nothing to the next run, with it it is part of the evidence.
        for (from, to) in [("\(file)-wal", "\(aside)-wal"), (file, aside)]
        where unsafe rename(from, to) != 0 && errno != ENOENT {
            throw Self.error("rename", from)
        }
        if unsafe unlink("\(file)-shm") != 0, errno != ENOENT { throw Self.error("remove", "\(file)-shm") }
        return aside
    }

    /// The directory without symbolic links in its path, made when it is missing.
    private func makeDirectory() throws(StateError) -> String {
        let parts = path.split(separator: "/")
        var made = path.hasPrefix("/") ? "" : "."
        for (index, part) in parts.enumerated() {
            made += "/\(part)"
            if unsafe mkdir(made, index == parts.count - 1 ? 0o700 : 0o755) != 0, errno != EEXIST, errno != EROFS,
                errno != EACCES
            {
                throw Self.error("make the directory", made)
            }
        }
        // unsafe: the text that the C library has allocated is copied and freed.
        guard let real = unsafe realpath(path, nil) else { throw Self.error("use the directory", path) }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// Whether a regular file lies there; false when nothing does.
    ///
    /// - Throws: `foreign` when anything else does: a symbolic link, a pipe, a directory.
    private static func isRegularFile(_ path: String) throws(StateError) -> Bool {
        var status = stat()
        // unsafe: filled during the call.
        guard unsafe lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw error("look at", path) }
            return false
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw StateError(.foreign, "\(path) is not a regular file") }
        return true
    }

    private static func makeFile(_ path: String) throws(StateError) {
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw error("make", path) }
        close(descriptor)
    }

    /// Takes the file from everybody but its owner; SQLite gives its log the same mode.
    private static func closeToOthers(_ path: String) throws(StateError) {
        var status = stat()
        // unsafe: filled during the call.
        guard unsafe lstat(path, &status) == 0 else { throw error("look at", path) }
        guard status.st_mode & 0o7777 != 0o600 else { return }
        guard unsafe chmod(path, 0o600) == 0 else { throw error("change the mode of", path) }
    }

    /// Finds the damage that SQLite would take for a file that may only be read: an unknown version of the format.
    ///
    /// By section 1.3 of the description of the format (sqlite.org/fileformat2.html).
    private static func checkHeader(_ path: String) throws(StateError) {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw error("open", path) }
        defer { close(descriptor) }
        var header = [UInt8](repeating: 0, count: 20)
        // unsafe: at most as many bytes are written as the buffer has.
        guard unsafe pread(descriptor, &header, header.count, 0) == header.count else { return }
        guard (1...2).contains(header[18]), (1...2).contains(header[19]) else {
            throw StateError(.corrupt, "the file is damaged: its header has no known format")
        }
    }

    private static func names(in directory: String) throws(StateError) -> [String] {
        // unsafe: the stream is closed below; each name is copied before the next is read.
        guard let stream = unsafe opendir(directory) else { throw error("read the directory", directory) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }

    static func error(_ verb: String, _ path: String) -> StateError {
        let number = errno
        let code: StateError.Code =
            switch number {
            case ENOSPC, EDQUOT: .full
            case EROFS, EACCES, EPERM: .readOnly
            default: .inputOutput
            }
        // unsafe: the text is copied at once.
        let text = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error"
        return StateError(code, "cannot \(verb) \(path): \(text) (errno \(number))")
    }
}
