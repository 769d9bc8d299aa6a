// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Asks the probe loop for figures, and not again before it has heard.
///
/// So that a loop that hangs is not sent more than one request, however many ask.
package final class FigureBell: Sendable {
    private let isRung = Atomic(false)
    private let send: AsyncStream<ProbeLoopCommand>.Continuation

    init(_ send: AsyncStream<ProbeLoopCommand>.Continuation) {
        self.send = send
    }

    /// Asks; may be called on any thread, and does not wait.
    func ring() {
        guard !isRung.exchange(true, ordering: .relaxed) else { return }
        // Where there is no room now, the next who asks tries again.
        if case .enqueued = send.yield(.figures(self)) { return }
        isRung.store(false, ordering: .relaxed)
    }

    /// Says that the loop has heard.
    func answer() {
        isRung.store(false, ordering: .relaxed)
    }
}
