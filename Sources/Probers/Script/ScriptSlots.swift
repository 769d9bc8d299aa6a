// SPDX-License-Identifier: Apache-2.0

package import HealthModel
import LinuxRuntime

/// How many scripts run at once, over all targets: who comes when all places are taken waits for one, first come, first served.
///
/// Lives on the loop and is shared by all its script probers. At most one entry per prober waits, so the queue is bounded.
package final class ScriptSlots {
    /// How many places there are.
    package let limit: Int
    /// How full it is, and what has come so far.
    package private(set) var health = BulkheadHealth()
    private var waiting: [ObjectIdentifier: (waiter: any ScriptSlotWaiter, since: MonotonicInstant)] = [:]
    /// Who waits, in the order they came; those who gave up are skipped.
    private var order: [ObjectIdentifier] = []
    private var head = 0

    package init(limit: Int) {
        precondition(limit > 0, "\(limit) places for scripts")
        self.limit = limit
    }

    /// Takes a place; false when all are taken, and `waiter` is told when one is free.
    func take(for waiter: any ScriptSlotWaiter, at now: MonotonicInstant) -> Bool {
        guard health.active >= limit else {
            health.active += 1
            granted(after: .zero)
            return true
        }
        waiting[ObjectIdentifier(waiter)] = (waiter, now)
        order.append(ObjectIdentifier(waiter))
        health.queued += 1
        return false
    }

    /// Waits no longer: its time is over, or nobody wants its outcome any more.
    func giveUp(_ waiter: any ScriptSlotWaiter, isTooLate: Bool = false) {
        guard waiting.removeValue(forKey: ObjectIdentifier(waiter)) != nil else { return }
        health.queued -= 1
        if isTooLate {
            health.total &+= 1
            health.timedOut &+= 1
        }
        guard waiting.isEmpty else { return }
        order.removeAll(keepingCapacity: true)
        head = 0
    }

    /// Gives a place back, which the first who waits has from now on.
    func giveBack(on loop: isolated EventLoop) {
        precondition(health.active > 0, "a place for scripts was given back twice")
        while head < order.count {
            let next = waiting.removeValue(forKey: order[head])
            head += 1
            if head == order.count || head > 1_024 {
                order.removeFirst(head)
                head = 0
            }
            if let next {
                health.queued -= 1
                granted(after: next.since.duration(to: loop.now))
                return next.waiter.slotIsFree(on: loop)
            }
        }
        health.active -= 1
    }

    private func granted(after wait: Duration) {
        health.total &+= 1
        health.wait.observe(wait)
    }
}

/// Waits for a place.
protocol ScriptSlotWaiter: AnyObject {
    /// The place is taken for the one who is told; called once.
    func slotIsFree(on loop: isolated EventLoop)
}
