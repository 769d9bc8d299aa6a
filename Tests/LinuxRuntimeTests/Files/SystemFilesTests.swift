// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Testing

@Suite("SystemFiles")
struct SystemFilesTests {
    private let files = SystemFiles()

    @Test("entries are sorted by their bytes, without . and .. and names that are not UTF-8")
    func entries() throws {
        let folder = try TemporaryFolder()
        for name in ["b", "ä", "B", "10", "9", "a"] { try folder.write(name, []) }
        let notUTF8: [CChar] = folder("").utf8CString.dropLast() + [-1, 0]
        close(open(notUTF8, O_WRONLY | O_CREAT, 0o644))
        defer { unlink(notUTF8) }
        #expect(try files.entries(of: folder.path, limit: 7) == ["10", "9", "B", "a", "b", "ä"])
    }

    @Test("a directory with more entries than the limit is refused")
    func tooManyEntries() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b", "c"] { try folder.write(name, []) }
        #expect(try files.entries(of: folder.path, limit: 3).count == 3)
        let error = #expect(throws: FileError.self) { try files.entries(of: folder.path, limit: 2) }
        #expect(error?.cause == .tooLarge(limit: 2))
    }

    @Test("a missing directory is an error with its path and the system's text")
    func missing() {
        let error = #expect(throws: FileError.self) { try files.entries(of: "/nowhere", limit: 1) }
        #expect(error?.description == "/nowhere: No such file or directory")
    }

    @Test("a file is read whole with its own metadata", arguments: [0, 1, 65_536, 200_000])
    func read(size: Int) throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let path = try folder.write("file", bytes, mode: 0o640)
        let contents = try files.read(path, limit: size)
        #expect(contents.bytes == bytes)
        #expect(contents.metadata.kind == .regular)
        #expect(contents.metadata.permissions == 0o640)
        #expect(contents.metadata.owner == geteuid())
        #expect(contents.metadata.size == Int64(size))
        #expect(try files.metadata(of: path) == contents.metadata)
    }

    @Test("a file of a byte more than the limit is refused, also when its size is not known before")
    func tooLarge() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("file", "12345".utf8)
        let error = #expect(throws: FileError.self) { try files.read(path, limit: 4) }
        #expect(error?.description == "\(path): larger than 4")
        #expect(throws: FileError.self) { try files.read("/proc/self/status", limit: 100) }
        #expect(try files.metadata(of: "/proc/self/status").size == 0)
    }

    @Test("what is no regular file is refused without waiting for it")
    func notRegular() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder("fifo"), 0o600) == 0)
        let refused: [(String, FileMetadata.Kind)] = [
            (folder("fifo"), .fifo), ("/dev/null", .characterDevice), (folder.path, .directory),
        ]
        for (path, kind) in refused {
            let error = #expect(throws: FileError.self) { try files.read(path, limit: 10) }
            #expect(error?.cause == .notRegular(kind))
        }
        let error = #expect(throws: FileError.self) { try files.read(folder("fifo"), limit: 10) }
        #expect(error?.description == "\(folder("fifo")): is a FIFO, not a regular file")
    }

    @Test("symbolic links are followed, and the canonical path is where they lead")
    func links() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("real/file", "x".utf8)
        #expect(symlink("real", folder("link")) == 0)
        #expect(try files.read(folder("link/file"), limit: 1).bytes == Array("x".utf8))
        #expect(try files.canonicalPath(of: folder("link/../link/file")) == path)
        let error = #expect(throws: FileError.self) { try files.canonicalPath(of: folder("link/none")) }
        #expect(error?.cause == .system(SystemError(code: ENOENT)))
    }

    @Test(
        "writability by others and stickiness are read from the permissions",
        arguments: [
            (0o755, false, false), (0o775, true, false), (0o757, true, false), (0o1777, true, true),
            (0o600, false, false),
        ]
    )
    func permissions(mode: UInt32, isWritable: Bool, isSticky: Bool) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("file", [], mode: mode)
        let metadata = try files.metadata(of: path)
        #expect(metadata.isWritableByOthers == isWritable)
        #expect(metadata.isSticky == isSticky)
    }
}
