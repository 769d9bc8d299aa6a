// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Takes down what probes on a loop say and hear, in order: for `bellwether probe --trace`.
///
/// A loop has none unless somebody asked, so that transports pay one comparison. What is taken down is raw: whoever shows it
/// must hide secrets first. Within one entry at most ``mostBytes`` are kept, in all at most ``mostEntries``; what is beyond is
/// counted.
package final class ConversationTrace {
    /// Most bytes of one entry that are kept: 16 KiB.
    package static let mostBytes = 16_384
    /// Most entries that are kept.
    package static let mostEntries = 1_000

    /// What was taken down since ``take()``.
    private var entries: [TraceEntry] = []
    /// How many entries were not kept.
    private var dropped = 0
    /// Whether anything was received since ``take()``.
    private var hasReceived = false

    package init() {}

    /// Something happened that has no bytes, such as `connected to 10.0.0.5:443`.
    package func note(_ stage: TraceEntry.Stage, _ text: String, at now: MonotonicInstant) {
        add(TraceEntry(at: now, stage: stage, direction: .none, bytes: Array(text.utf8)))
    }

    /// Bytes were sent to the peer, before encryption.
    package func sent(_ bytes: [UInt8], _ stage: TraceEntry.Stage? = nil, at now: MonotonicInstant) {
        extend(.sent, stage ?? (hasReceived ? .transfer : .firstByte), bytes, at: now)
    }

    /// Bytes came from the peer, after decryption.
    package func received(_ bytes: [UInt8], _ stage: TraceEntry.Stage? = nil, at now: MonotonicInstant) {
        hasReceived = true
        extend(.received, stage ?? .transfer, bytes, at: now)
    }

    /// Takes out everything, so that the next run begins with an empty sheet.
    package func take() -> (entries: [TraceEntry], dropped: Int) {
        defer { (entries, dropped, hasReceived) = ([], 0, false) }
        return (entries, dropped)
    }

    /// Bytes that follow others in the same direction are one entry with them, as they were one text before the network cut it.
    private func extend(
        _ direction: TraceEntry.Direction,
        _ stage: TraceEntry.Stage,
        _ bytes: [UInt8],
        at now: MonotonicInstant
    ) {
        guard !bytes.isEmpty else { return }
        guard let last = entries.indices.last, entries[last].direction == direction, entries[last].stage == stage else {
            return add(TraceEntry(at: now, stage: stage, direction: direction, bytes: bytes))
        }
        entries[last].append(bytes)
    }

    private func add(_ entry: TraceEntry) {
        guard entries.count < Self.mostEntries else {
            dropped += 1
            return
        }
        entries.append(entry)
    }
}
