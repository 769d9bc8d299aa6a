// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime

/// How many scripts run at once, over all targets: who comes when all places are taken waits for one, first come, first served.
///
/// Lives on the loop and is shared by all its script probers. At most one entry per prober waits, so the queue is bounded.
package final class ScriptSlots {
    /// How many places there are.
    package let limit: Int
    private var taken = 0
    private var waiting: [ObjectIdentifier: any ScriptSlotWaiter] = [:]
    /// Who waits, in the order they came; those who gave up are skipped.
    private var order: [ObjectIdentifier] = []
    private var head = 0

    package init(limit: Int) {
        precondition(limit > 0, "\(limit) places for scripts")
        self.limit = limit
    }

    /// Takes a place; false when all are taken, and `waiter` is told when one is free.
    func take(for waiter: any ScriptSlotWaiter) -> Bool {
        guard taken >= limit else {
            taken += 1
            return true
        }
        waiting[ObjectIdentifier(waiter)] = waiter
        order.append(ObjectIdentifier(waiter))
        return false
    }

    /// Waits no longer.
    func giveUp(_ waiter: any ScriptSlotWaiter) {
        waiting[ObjectIdentifier(waiter)] = nil
        guard waiting.isEmpty else { return }
        order.removeAll(keepingCapacity: true)
        head = 0
    }

    /// Gives a place back, which the first who waits has from now on.
    func giveBack(on loop: isolated EventLoop) {
        precondition(taken > 0, "a place for scripts was given back twice")
        while head < order.count {
            let next = waiting.removeValue(forKey: order[head])
            head += 1
            if head == order.count || head > 1_024 {
                order.removeFirst(head)
                head = 0
            }
            if let next { return next.slotIsFree(on: loop) }
        }
        taken -= 1
    }
}

/// Waits for a place.
protocol ScriptSlotWaiter: AnyObject {
    /// The place is taken for the one who is told; called once.
    func slotIsFree(on loop: isolated EventLoop)
}
