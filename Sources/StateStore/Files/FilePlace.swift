// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Which file a path leads to, so that one that was removed or replaced while it is open is noticed: what is written to it then is lost.
struct FilePlace: Hashable {
    private let device: dev_t
    private let inode: ino_t

    /// - Throws: when there is no file.
    init(of path: String) throws(StateError) {
        var status = stat()
        // unsafe: the path is read and the description filled during the call.
        guard unsafe lstat(path, &status) == 0 else { throw StateDirectory.error("find", path) }
        device = status.st_dev
        inode = status.st_ino
    }
}
