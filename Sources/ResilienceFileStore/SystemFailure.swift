// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A system call that has failed.
struct SystemFailure: Error, Hashable {
    /// What was attempted, in words: `open`, `write`.
    var call: String
    /// The value of `errno`.
    var code: Int32

    /// What was opened is not a regular file.
    static let wrongKind = SystemFailure(call: "open", code: ENXIO)

    /// No name for a temporary file is free.
    static let noTemporaryName = SystemFailure(call: "create a temporary file", code: EBUSY)

    /// There is no such file.
    var isMissing: Bool { code == ENOENT }

    /// The name is taken.
    var isNameTaken: Bool { code == EEXIST }

    /// The name belongs to a symbolic link, a socket or a directory.
    var isWrongKind: Bool { [ELOOP, ENXIO, EISDIR].contains(code) }

    /// Others are using it.
    var isBusy: Bool { code == EBUSY }

    /// The disk or the quota is full.
    var isDiskFull: Bool { [ENOSPC, EDQUOT, EFBIG].contains(code) }

    /// The file or its directory must not be read or written.
    var isDenied: Bool { [EACCES, EPERM, EROFS].contains(code) }

    /// The meaning of the code; a table of its own, because `strerror` depends on the locale and differs between C libraries.
    var meaning: String {
        switch code {
        case EACCES, EPERM: "permission denied"
        case EAGAIN, ENOMEM: "the system has no resources for it now"
        case EBUSY: "in use by others"
        case EDQUOT: "the quota is used up"
        case EFBIG: "the file is too large for the file system"
        case EIO: "input/output error"
        case EISDIR: "it is a directory"
        case ELOOP: "it is a symbolic link"
        case EMFILE, ENFILE: "too many open files"
        case ENAMETOOLONG: "the name is too long"
        case ENOENT: "no such file or directory"
        case ENOSPC: "no space left on the disk"
        case ENOTDIR: "not a directory"
        case ENXIO: "it is not a regular file"
        case EROFS: "the file system is read-only"
        default: "errno \(code)"
        }
    }
}
