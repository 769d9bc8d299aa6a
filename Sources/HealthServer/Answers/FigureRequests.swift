// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore

/// Who waits for figures: counters, last outcomes, when probes are due; confined to the server's event loop.
///
/// Every probe changes some, and most of the time nobody looks. So the probe loop publishes them when it is asked, and is asked once for
/// all who wait. Figures younger than a second are good enough, so that the loop draws them no more often, however many ask.
final class FigureRequests {
    /// Nobody waits for newer figures than these.
    static let allowedAge = Duration.seconds(1)
    /// Whoever waited for so long is answered with what there is: the loop hangs, or has other things to do.
    static let patience = TimeAmount.milliseconds(500)

    private let state: ServedState
    private let eventLoop: any EventLoop
    /// Asks the probe loop; nil where each snapshot has all that is known.
    private let ask: (@Sendable () -> Void)?
    private var waiting: [() -> Void] = []
    private var limit: Scheduled<Void>?
    /// The snapshot with which those were answered who waited too long: until another comes, nobody waits again.
    private var vain: UInt64?

    init(state: ServedState, eventLoop: any EventLoop, ask: (@Sendable () -> Void)?) {
        self.state = state
        self.eventLoop = eventLoop
        self.ask = ask
    }

    /// Whether who asks now need not wait.
    var areFresh: Bool {
        let snapshot = state.snapshot
        guard ask != nil, snapshot.sequence > 0, snapshot.sequence != vain else { return true }
        return snapshot.figuresAt.duration(to: state.clock()) < Self.allowedAge
    }

    /// Calls `then` once the figures are fresh, or after half a second.
    func wait(then: @escaping () -> Void) {
        guard let ask, !areFresh else { return then() }
        waiting.append(then)
        guard limit == nil else { return }
        limit = eventLoop.assumeIsolated().scheduleTask(in: Self.patience) {
            self.vain = self.state.snapshot.sequence
            self.release()
        }
        ask()
    }

    /// Looks at a snapshot that was just published.
    func look() {
        if !waiting.isEmpty, areFresh { release() }
    }

    private func release() {
        limit?.cancel()
        limit = nil
        for then in exchange(&waiting, with: []) { then() }
    }
}
