// SPDX-License-Identifier: Apache-2.0

/// The system calls that a record file is read and written with; a seam for tests, which make any one of them fail.
protocol FileOperations: Sendable {
    /// Opens a file; the descriptor is closed with ``close(_:)``.
    func open(_ path: String, _ mode: OpenMode) throws(SystemFailure) -> Int32

    /// What an open file is.
    func status(of descriptor: Int32) throws(SystemFailure) -> FileStatus

    /// What a name belongs to, without following a symbolic link.
    func status(at path: String) throws(SystemFailure) -> FileStatus

    /// Locks an open file against everybody else who locks it; never waits.
    func lock(_ descriptor: Int32) throws(SystemFailure) -> LockAnswer

    /// Reads up to `limit` bytes from the current position; fewer only at the end of the file.
    func read(_ descriptor: Int32, atMost limit: Int) throws(SystemFailure) -> [UInt8]

    /// Writes some of `bytes` and says how many.
    func write(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) throws(SystemFailure) -> Int

    /// Waits until the contents of a file or a directory have reached the disk.
    func flush(_ descriptor: Int32) throws(SystemFailure)

    /// Gives a file another name, in place of the one that had it.
    func rename(_ path: String, to newPath: String) throws(SystemFailure)

    /// Removes a name.
    func remove(_ path: String) throws(SystemFailure)

    /// Closes a descriptor, which unlocks the file.
    func close(_ descriptor: Int32)
}

/// How a file is opened; never through a symbolic link.
enum OpenMode: Sendable {
    /// To read; a pipe without a writer does not block.
    case reading
    /// A new file to write, which nobody else may read; the name must be free.
    case creating
    /// A directory, to flush it.
    case directory
}

/// What is known about a file.
struct FileStatus: Sendable, Hashable {
    /// Device and inode number, which tell one file from another.
    var identity: [UInt64]
    /// Whether it is a regular file.
    var isRegular: Bool
    /// Its length in bytes.
    var size: Int64
}

/// Whether a file could be locked.
enum LockAnswer: Sendable {
    /// It is locked now.
    case locked
    /// Somebody else has locked it.
    case taken
    /// The file system has no locks.
    case unsupported
}
