// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// When a configuration that is being changed is to be read: once it is quiet, and not never; pure.
struct ReloadPace: Hashable {
    /// How long nothing must have happened.
    static let quiet = Duration.milliseconds(500)
    /// How long changes, or a file that is open for writing, can put it off.
    static let patience = Duration.seconds(5)
    /// The most open files that are waited for one by one.
    private static let maximumOpen = 1_000

    private var first: MonotonicInstant?
    private var last: MonotonicInstant?
    /// Files that were written to and not closed yet: half of them may be missing.
    private var open: Set<WatchedEntry> = []

    /// When to read; nil = nothing has changed.
    var due: MonotonicInstant? {
        guard let first, let last else { return nil }
        let latest = first.advanced(by: Self.patience)
        return open.isEmpty ? min(last.advanced(by: Self.quiet), latest) : latest
    }

    /// Something may have changed.
    mutating func changed(at now: MonotonicInstant) {
        first = first ?? now
        last = now
    }

    /// Takes what was heard.
    mutating func note(_ event: FileEvent, at now: MonotonicInstant) {
        changed(at: now)
        switch event {
        case .writing(let entry): if open.count < Self.maximumOpen { open.insert(entry) }
        case .changed(let entry): open.remove(entry)
        // Which files are open is not known any more.
        case .lost: open = []
        }
    }

    /// Whether it is time to read; what happens from now on is another change.
    mutating func takeDue(at now: MonotonicInstant) -> Bool {
        guard let due, due <= now else { return false }
        clear()
        return true
    }

    /// It is being read for another reason.
    mutating func clear() {
        self = ReloadPace()
    }
}
