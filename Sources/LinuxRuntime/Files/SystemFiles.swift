// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import HealthModel

/// The file system of this machine.
package struct SystemFiles: FileLayer {
    package init() {}

    package func entries(of directory: String, limit: Int) throws(FileError) -> [String] {
        // unsafe: the stream is closed below, after its last use.
        guard let stream = unsafe opendir(directory) else { throw failure(directory) }
        defer { unsafe _ = closedir(stream) }
        var names: [String] = []
        var code: CInt = 0
        // unsafe: the text is valid until the next call, and copied before that.
        while let entry = unsafe clinux_next_entry(UnsafeMutableRawPointer(stream), &code) {
            guard let name = unsafe String(validatingCString: entry), name != ".", name != ".." else { continue }
            guard names.count < limit else { throw FileError(path: directory, cause: .tooLarge(limit: limit)) }
            names.append(name)
        }
        guard code == 0 else { throw FileError(path: directory, cause: .system(SystemError(code: code))) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    package func read(_ path: String, limit: Int) throws(FileError) -> FileContents {
        // unsafe: the path is copied by the callee.
        let descriptor = unsafe clinux_open_to_read(path)
        guard descriptor >= 0 else { throw failure(path) }
        defer { _ = close(descriptor) }
        var native = clinux_file()
        // unsafe: the description is written into a local value.
        guard unsafe clinux_describe(descriptor, &native) == 0 else { throw failure(path) }
        let metadata = FileMetadata(native)
        guard metadata.kind == .regular else { throw FileError(path: path, cause: .notRegular(metadata.kind)) }
        guard metadata.size <= limit else { throw FileError(path: path, cause: .tooLarge(limit: limit)) }
        return FileContents(bytes: try contents(of: descriptor, path, limit: limit), metadata: metadata)
    }

    package func metadata(of path: String) throws(FileError) -> FileMetadata {
        var native = clinux_file()
        // unsafe: the path is copied, the description is written into a local value.
        guard unsafe clinux_describe_path(path, &native) == 0 else { throw failure(path) }
        return FileMetadata(native)
    }

    package func canonicalPath(of path: String) throws(FileError) -> String {
        // unsafe: the text that realpath allocates is copied, then freed.
        guard let text = unsafe realpath(path, nil) else { throw failure(path) }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }

    package func linkTarget(of path: String) throws(FileError) -> String? {
        let capacity = Int(PATH_MAX)
        var length = 0
        var code: CInt = 0
        // unsafe: at most `capacity` bytes are written, and exactly the number given is kept.
        let target = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            length = unsafe buffer.withMemoryRebound(to: CChar.self) { text in
                guard let start = text.baseAddress else { return -1 }
                return unsafe readlink(path, start, capacity)
            }
            code = errno
            count = max(0, length)
        }
        if length < 0 {
            // What is no link.
            guard code == EINVAL else { throw FileError(path: path, cause: .system(SystemError(code: code))) }
            return nil
        }
        return String(decoding: target, as: UTF8.self)
    }

    /// Reads to the end, however large the file said it is: it may grow meanwhile, and /proc always says 0.
    private func contents(of descriptor: CInt, _ path: String, limit: Int) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let chunk = 64 * 1_024
            var status = 0
            // unsafe: at most `chunk` bytes are written, and exactly the number read is kept.
            bytes += unsafe [UInt8](unsafeUninitializedCapacity: chunk) { buffer, count in
                repeat {
                    status = unsafe Glibc.read(descriptor, buffer.baseAddress, chunk)
                } while status < 0 && errno == EINTR
                count = max(0, status)
            }
            guard status >= 0 else { throw failure(path) }
            guard status > 0 else { return bytes }
            guard bytes.count <= limit else { throw FileError(path: path, cause: .tooLarge(limit: limit)) }
        }
    }

    private func failure(_ path: String) -> FileError {
        FileError(path: path, cause: .system(.last))
    }
}

extension FileMetadata {
    fileprivate init(_ native: clinux_file) {
        self.init(
            kind: Kind(mode: native.mode),
            permissions: native.mode & 0o7777,
            owner: native.owner,
            group: native.group,
            size: native.size,
            identity: Identity(device: native.device, inode: native.inode),
            modifiedAt: WallTime(nanosecondsSinceEpoch: native.modified_ns),
            changedAt: WallTime(nanosecondsSinceEpoch: native.changed_ns)
        )
    }
}

extension FileMetadata.Kind {
    fileprivate init(mode: UInt32) {
        switch mode & S_IFMT {
        case S_IFREG: self = .regular
        case S_IFDIR: self = .directory
        case S_IFIFO: self = .fifo
        case S_IFSOCK: self = .socket
        case S_IFCHR: self = .characterDevice
        case S_IFBLK: self = .blockDevice
        default: self = .other
        }
    }
}
