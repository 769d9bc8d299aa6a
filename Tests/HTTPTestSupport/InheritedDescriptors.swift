// SPDX-License-Identifier: Apache-2.0

package import Glibc

/// Descriptors that a program started by a test would inherit.
///
/// Sockets of servers that other tests run meanwhile: a copy in a child would keep them open for their peers.
package enum InheritedDescriptors {
    /// Closes in the new process every descriptor from `first` on that this one has open, and some more that other threads may open
    /// until it is started.
    package static func close(from first: CInt, in actions: inout posix_spawn_file_actions_t) {
        for descriptor in first..<max(first, highest + 257) { posix_spawn_file_actions_addclose(&actions, descriptor) }
    }

    /// The highest open descriptor.
    private static var highest: CInt {
        guard let folder = opendir("/proc/self/fd") else { return getdtablesize() - 257 }
        defer { closedir(folder) }
        var highest: CInt = 2
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            highest = max(highest, CInt(name) ?? 0)
        }
        return highest
    }
}
