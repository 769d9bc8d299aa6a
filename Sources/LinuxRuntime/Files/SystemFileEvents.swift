// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import HealthModel
import Synchronization

/// Changes in directories of this machine, by inotify(7).
package final class SystemFileEvents: FileEvents {
    private let descriptor: CInt
    /// By the number of the watch: several paths may lead to one directory.
    private let watches = Mutex<[CInt: NameSelection]>([:])

    /// - Throws: why nothing can be listened to, such as too many instances of one user.
    package init() throws(SystemError) {
        descriptor = clinux_inotify_create()
        guard descriptor >= 0 else { throw .last }
    }

    deinit {
        _ = close(descriptor)
    }

    package func watch(_ directories: [String: NameSelection]) -> [String: SystemError] {
        watches.withLock { watches in
            var new: [CInt: NameSelection] = [:]
            var problems: [String: SystemError] = [:]
            for (path, selection) in directories {
                // Asked for each time: the path may lead to another directory than before.
                // unsafe: the path is copied by the callee.
                let number = unsafe clinux_inotify_add(descriptor, path)
                guard number >= 0 else {
                    problems[path] = .last
                    continue
                }
                new[number, default: NameSelection()].formUnion(selection)
            }
            // One that went by itself is refused, which does no harm.
            for number in watches.keys where new[number] == nil { _ = clinux_inotify_remove(descriptor, number) }
            watches = new
            return problems
        }
    }

    package func take() -> [FileEvent] {
        let capacity = Int(CLINUX_FILE_EVENTS)
        var count: CInt = 0
        // unsafe: the callee fills as many as it says, and all are plain integers and bytes.
        let events = unsafe [clinux_file_event](unsafeUninitializedCapacity: capacity) { buffer, filled in
            count = unsafe clinux_inotify_read(descriptor, buffer.baseAddress)
            filled = max(0, Int(count))
        }
        guard count >= 0 else { return [.lost] }
        return watches.withLock { watches in events.compactMap { Self.event($0, watches) } }
    }

    /// Waits until there are events, `signal` is readable, or the time is over.
    ///
    /// - Parameters:
    ///   - signal: what else ends the wait.
    ///   - time: the longest wait.
    package func wait(orFor signal: ThreadSignal, atMost time: Duration) {
        signal.wait(besides: descriptor, atMost: time)
    }

    /// What an event means; nil when it is about a name that does not matter.
    private static func event(_ native: clinux_file_event, _ watches: [CInt: NameSelection]) -> FileEvent? {
        if native.mask & UInt32(CLINUX_FILE_OVERFLOW) != 0 { return .lost }
        // What comes late from a directory that is not listened to any more.
        guard let selection = watches[native.watch] else { return nil }
        if native.mask & UInt32(CLINUX_FILE_SELF | CLINUX_FILE_UNWATCHED) != 0 { return .lost }
        var copy = native.name
        // unsafe: the callee wrote at most so many bytes and closed them with NUL.
        let name = unsafe withUnsafeBytes(of: &copy) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        // An event without a name is about the directory's own owner or permissions.
        guard !name.isEmpty else { return .lost }
        guard selection.contains(name) else { return nil }
        let entry = WatchedEntry(directory: native.watch, name: name)
        return native.mask & UInt32(CLINUX_FILE_WRITTEN) != 0 ? .writing(entry) : .changed(entry)
    }
}
