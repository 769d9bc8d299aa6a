// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import HealthModel
import Synchronization

/// Letters from any thread to one event loop, which takes all that lie there at once.
///
/// The loop is woken only by the first letter in an empty box, so that many letters cost one wake-up. The order of the letters of one
/// thread is kept. What bounds the box is what its users agree on, such as one letter for each target.
package final class LoopMailbox<Letter: Sendable>: Sendable {
    /// To be watched by the loop that takes the letters: ready when there are any.
    package let signal: CInt

    private let letters = Mutex<[Letter]>([])

    /// - Throws: why the descriptor that signals cannot be had.
    package init() throws(SystemError) {
        signal = clinux_eventfd()
        guard signal >= 0 else { throw .last }
    }

    deinit {
        _ = Glibc.close(signal)
    }

    /// Adds a letter; callable from any thread.
    package func post(_ letter: Letter) {
        let wasEmpty = letters.withLock { letters in
            letters.append(letter)
            return letters.count == 1
        }
        guard wasEmpty else { return }
        var one: UInt64 = 1
        // unsafe: eight bytes are read from an eight-byte integer.
        _ = unsafe Glibc.write(signal, &one, MemoryLayout<UInt64>.size)
    }

    /// Takes all letters, in their order; `batch` lends its memory for those that come next.
    ///
    /// The counter of the signal is not cleared, which saves a call: it is watched edge-triggered, so each letter in an empty box is
    /// told of, whatever the counter says.
    package func take(into batch: inout [Letter]) {
        batch.removeAll(keepingCapacity: true)
        letters.withLock { swap(&$0, &batch) }
    }
}
