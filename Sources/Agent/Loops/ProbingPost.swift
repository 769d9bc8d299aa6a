// SPDX-License-Identifier: Apache-2.0

import HealthModel
import HealthServer
import LinuxRuntime

/// What a probing loop and the first loop have in common: two mailboxes and a sign of life.
final class ProbingPost: Sendable {
    let orders: LoopMailbox<ProbingOrder>
    let reports: LoopMailbox<ProbingReport>
    /// Given twice a second at least, by the probing loop.
    let pulse: Heartbeat

    init(at now: MonotonicInstant) throws(SystemError) {
        orders = try LoopMailbox()
        reports = try LoopMailbox()
        pulse = Heartbeat(at: now)
    }
}
