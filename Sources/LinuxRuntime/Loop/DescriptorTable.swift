// SPDX-License-Identifier: Apache-2.0

/// Who handles which descriptor, by descriptor number.
///
/// A token joins the number with a generation: what is reported of a descriptor after it was closed, be it by a copy in a child,
/// finds nobody when the number was given out again. A descriptor that the kernel goes on watching for the next handler keeps
/// its token, and that handler hears only of what the waits report that come after it.
struct DescriptorTable {
    private struct Entry {
        var handler: (any DescriptorHandler)?
        /// How many waits there had been when the handler came.
        var waitsBefore: UInt64 = 0
        var generation: UInt32 = 0
        var isWatched = false
    }

    private var entries: [Entry] = []
    private var waits: UInt64 = 0

    /// To be called after each wait, before what it found is handed out.
    mutating func noteWait() {
        waits &+= 1
    }

    /// Enters a handler; gives the token to watch with, or nil when the kernel watches the descriptor already.
    mutating func insert(_ handler: any DescriptorHandler, for descriptor: CInt) -> UInt64? {
        precondition(descriptor >= 0, "descriptor \(descriptor) is not open")
        let index = Int(descriptor)
        while entries.count <= index { entries.append(Entry()) }
        precondition(entries[index].handler == nil, "descriptor \(descriptor) is watched already")
        entries[index].handler = handler
        entries[index].waitsBefore = waits
        guard !entries[index].isWatched else { return nil }
        entries[index].isWatched = true
        entries[index].generation &+= 1
        return UInt64(entries[index].generation) << 32 | UInt64(index)
    }

    /// Removes a descriptor that the kernel watches no more; false when nobody watched it.
    mutating func remove(_ descriptor: CInt) -> Bool {
        let index = Int(descriptor)
        if entries.indices.contains(index) { entries[index].isWatched = false }
        return release(descriptor)
    }

    /// Removes the handler of a descriptor that the kernel goes on watching; false when nobody watched it.
    @discardableResult
    mutating func release(_ descriptor: CInt) -> Bool {
        let index = Int(descriptor)
        guard entries.indices.contains(index), entries[index].handler != nil else { return false }
        entries[index].handler = nil
        return true
    }

    /// The descriptor and its handler, when what the last wait reported with this token is for that handler.
    func handler(token: UInt64) -> (descriptor: CInt, handler: any DescriptorHandler)? {
        let index = Int(token & 0xFFFF_FFFF)
        guard entries.indices.contains(index), entries[index].generation == UInt32(token >> 32),
            entries[index].waitsBefore != waits, let handler = entries[index].handler
        else { return nil }
        return (CInt(index), handler)
    }
}
