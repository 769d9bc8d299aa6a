// SPDX-License-Identifier: Apache-2.0

/// Who handles which descriptor, by descriptor number.
///
/// A token joins the number with a generation. An event that was reported before its descriptor was closed, and is handled
/// after the number was given out again, then finds nobody instead of the wrong handler.
struct DescriptorTable {
    private struct Entry {
        var handler: (any DescriptorHandler)?
        var generation: UInt32
        /// Whether the kernel watches the descriptor, be it with the token of a generation that is over.
        var isWatched = false
    }

    private var entries: [Entry] = []

    /// Enters a handler; gives the token to watch with, and whether the kernel watches the descriptor already.
    mutating func insert(
        _ handler: any DescriptorHandler,
        for descriptor: CInt
    ) -> (token: UInt64, isWatched: Bool) {
        precondition(descriptor >= 0, "descriptor \(descriptor) is not open")
        let index = Int(descriptor)
        while entries.count <= index { entries.append(Entry(handler: nil, generation: 0)) }
        precondition(entries[index].handler == nil, "descriptor \(descriptor) is watched already")
        entries[index].handler = handler
        entries[index].generation &+= 1
        let isWatched = entries[index].isWatched
        entries[index].isWatched = true
        return (UInt64(entries[index].generation) << 32 | UInt64(index), isWatched)
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

    /// The descriptor and its handler, when the token is still the current one.
    func handler(token: UInt64) -> (descriptor: CInt, handler: any DescriptorHandler)? {
        let index = Int(token & 0xFFFF_FFFF)
        guard entries.indices.contains(index), entries[index].generation == UInt32(token >> 32),
            let handler = entries[index].handler
        else { return nil }
        return (CInt(index), handler)
    }
}
