// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
package import LinuxRuntime

/// A tree of files in memory: every file is root's, executable, and writable by nobody else.
package struct SimulatedFiles: FileLayer {
    /// The contents of the regular files, by absolute path.
    package var files: [String: [UInt8]]

    /// - Parameter files: the contents of the regular files, by absolute path; their directories exist, too.
    package init(_ files: [String: [UInt8]]) {
        self.files = files
    }

    /// Programs without contents, such as those that a `SimulatedSpawner` runs.
    package init(programs: [String]) {
        files = Dictionary(programs.map { ($0, []) }) { first, _ in first }
    }

    package func entries(of directory: String, limit: Int) throws(FileError) -> [String] {
        guard try metadata(of: directory).kind == .directory else { throw Self.error(ENOTDIR, directory) }
        let prefix = directory == "/" ? "/" : directory + "/"
        let below = files.keys.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
        let names = Set(below.compactMap { $0.split(separator: "/").first.map(String.init) })
        guard names.count <= limit else { throw FileError(path: directory, cause: .tooLarge(limit: limit)) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    package func read(_ path: String, limit: Int) throws(FileError) -> FileContents {
        let metadata = try metadata(of: path)
        guard let bytes = files[path] else { throw FileError(path: path, cause: .notRegular(metadata.kind)) }
        guard bytes.count <= limit else { throw FileError(path: path, cause: .tooLarge(limit: limit)) }
        return FileContents(bytes: bytes, metadata: metadata)
    }

    package func metadata(of path: String) throws(FileError) -> FileMetadata {
        let isFile = files[path] != nil
        let isDirectory = path == "/" || files.keys.contains { $0.hasPrefix(path + "/") }
        guard isFile || isDirectory else { throw Self.error(ENOENT, path) }
        return FileMetadata(
            kind: isFile ? .regular : .directory,
            permissions: 0o755,
            owner: 0,
            group: 0,
            size: Int64(files[path]?.count ?? 0),
            identity: FileMetadata.Identity(device: 1, inode: Self.inode(path)),
            modifiedAt: SimulatedKernel.wallStart
        )
    }

    package func linkTarget(of path: String) throws(FileError) -> String? {
        _ = try metadata(of: path)
        return nil
    }

    package func canonicalPath(of path: String) throws(FileError) -> String {
        _ = try metadata(of: path)
        return path
    }

    private static func error(_ code: Int32, _ path: String) -> FileError {
        FileError(path: path, cause: .system(SystemError(code: code)))
    }

    /// FNV-1a of the path.
    private static func inode(_ path: String) -> UInt64 {
        path.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
