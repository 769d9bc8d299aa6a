// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The real file system.
struct SystemFiles: FileOperations {
    func open(_ path: String, _ mode: OpenMode) throws(SystemFailure) -> Int32 {
        let always = O_CLOEXEC | O_NOFOLLOW
        return try repeated("open") {
            switch mode {
            case .reading: systemOpen(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | always)
            case .creating: systemOpen(path, O_WRONLY | O_CREAT | O_EXCL | always, S_IRUSR | S_IWUSR)
            // A directory may be reached through a symbolic link: only the file itself must be where it seems to be.
            case .directory: systemOpen(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            }
        }
    }

    func status(of descriptor: Int32) throws(SystemFailure) -> FileStatus {
        var status = stat()
        // unsafe: the callee fills the structure and keeps no pointer.
        _ = try repeated("stat") { unsafe fstat(descriptor, &status) }
        return FileStatus(status)
    }

    func status(at path: String) throws(SystemFailure) -> FileStatus {
        var status = stat()
        // unsafe: the callee fills the structure and keeps no pointer.
        _ = try repeated("stat") { unsafe lstat(path, &status) }
        return FileStatus(status)
    }

    func lock(_ descriptor: Int32) throws(SystemFailure) -> LockAnswer {
        do throws(SystemFailure) {
            _ = try repeated("lock") { flock(descriptor, LOCK_EX | LOCK_NB) }
            return .locked
        } catch {
            switch error.code {
            case EWOULDBLOCK: return .taken
            case ENOLCK, ENOSYS, EOPNOTSUPP, ENOTSUP, EINVAL: return .unsupported
            default: throw error
            }
        }
    }

    func read(_ descriptor: Int32, atMost limit: Int) throws(SystemFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit, 65_536))
        while bytes.count < limit {
            let wanted = min(chunk.count, limit - bytes.count)
            // unsafe: the callee writes at most `wanted` bytes into the array, which has at least as many.
            let count = try repeated("read") {
                unsafe chunk.withUnsafeMutableBytes { unsafe systemRead(descriptor, $0.baseAddress, wanted) }
            }
            if count == 0 { break }
            bytes += chunk.prefix(count)
        }
        return bytes
    }

    func write(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) throws(SystemFailure) -> Int {
        // unsafe: the callee reads no more than the bytes of the slice.
        try repeated("write") {
            unsafe bytes.withUnsafeBytes { unsafe systemWrite(descriptor, $0.baseAddress, $0.count) }
        }
    }

    func flush(_ descriptor: Int32) throws(SystemFailure) {
        #if canImport(Darwin)
        // On Darwin fsync leaves the bytes in the cache of the drive; not every file system knows the command that does not.
        if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
        #endif
        _ = try repeated("fsync") { fsync(descriptor) }
    }

    func rename(_ path: String, to newPath: String) throws(SystemFailure) {
        _ = try repeated("rename") { systemRename(path, newPath) }
    }

    func remove(_ path: String) throws(SystemFailure) {
        // unsafe: the text lives as long as the call.
        _ = try repeated("unlink") { unsafe unlink(path) }
    }

    func close(_ descriptor: Int32) {
        // What matters has been flushed; a descriptor is gone even when closing reports an error.
        _ = systemClose(descriptor)
    }

    /// Repeats a call that a signal has interrupted.
    private func repeated<Number: SignedInteger>(
        _ name: String,
        _ call: () -> Number
    ) throws(SystemFailure) -> Number {
        while true {
            let answer = call()
            if answer >= 0 { return answer }
            let code = errno
            if code != EINTR { throw SystemFailure(call: name, code: code) }
        }
    }
}

extension FileStatus {
    fileprivate init(_ status: stat) {
        self.init(
            identity: [UInt64(truncatingIfNeeded: status.st_dev), UInt64(truncatingIfNeeded: status.st_ino)],
            isRegular: status.st_mode & S_IFMT == S_IFREG,
            size: Int64(status.st_size)
        )
    }
}

// The methods above have the names of the functions they call, which hide them.

private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t = 0) -> Int32 {
    // unsafe: the text lives as long as the call.
    unsafe open(path, flags, mode)
}

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    // unsafe: the caller vouches for `count` bytes.
    unsafe read(descriptor, bytes, count)
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    // unsafe: the caller vouches for `count` bytes.
    unsafe write(descriptor, bytes, count)
}

private func systemRename(_ path: String, _ newPath: String) -> Int32 {
    // unsafe: the texts live as long as the call.
    unsafe rename(path, newPath)
}

private func systemClose(_ descriptor: Int32) -> Int32 {
    close(descriptor)
}
