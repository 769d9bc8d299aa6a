// SPDX-License-Identifier: Apache-2.0

/// What the agent asks of the file system.
///
/// The seam behind which `SystemFiles` or, in a test, a tree in memory stands. Calls may wait for the disk.
package protocol FileLayer: Sendable {
    /// The names in a directory but `.` and `..`, sorted by their bytes; those that are not UTF-8 are left out.
    ///
    /// - Throws: also when there are more than `limit`.
    func entries(of directory: String, limit: Int) throws(FileError) -> [String]

    /// The whole of a regular file, with the metadata of exactly the file that was read.
    ///
    /// Opened once and described by its descriptor, so that a file replaced meanwhile is read as it was or as it is, never
    /// half of each. A FIFO, device, socket or directory is refused without waiting for it.
    /// - Throws: also when it holds more than `limit` bytes.
    func read(_ path: String, limit: Int) throws(FileError) -> FileContents

    /// What the path leads to, symbolic links followed.
    func metadata(of path: String) throws(FileError) -> FileMetadata

    /// Where a symbolic link points, as it is written in it; nil for anything else.
    func linkTarget(of path: String) throws(FileError) -> String?

    /// The same file's absolute path without symbolic links.
    func canonicalPath(of path: String) throws(FileError) -> String
}

/// A file that was read.
package struct FileContents: Hashable, Sendable {
    package var bytes: [UInt8]
    package var metadata: FileMetadata

    package init(bytes: [UInt8], metadata: FileMetadata) {
        self.bytes = bytes
        self.metadata = metadata
    }
}
