// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime

/// What tells one content of a file from another without reading it.
struct FileVersion: Hashable {
    private let device: UInt
    private let inode: UInt
    private let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    /// Looks at a file.
    ///
    /// - Throws: why it cannot be read, in words; also for what is not a regular file, whose reading might never end.
    init(of path: String) throws(TLSSetupProblem) {
        var status = stat()
        // unsafe: the struct is filled by the call.
        guard unsafe stat(path, &status) == 0 else { throw TLSSetupProblem(text: SystemError.last.text) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw TLSSetupProblem(text: "not a regular file") }
        // unsafe: the path is read during the call.
        guard unsafe access(path, R_OK) == 0 else { throw TLSSetupProblem(text: SystemError.last.text) }
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
