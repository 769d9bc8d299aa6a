// SPDX-License-Identifier: Apache-2.0

/// The places and the queue of a bulkhead, without a lock.
///
/// A place that comes free goes to whoever waits longest, without ever being free in between: nobody can overtake.
struct BulkheadCore<Element: Sendable>: Sendable {
    let maxConcurrent: Int
    let maxQueue: Int
    private(set) var statistics = BulkheadStatistics()
    private var queue = TicketQueue<Element>()

    enum Decision: Sendable, Equatable {
        case admitted
        case queued(ticket: UInt64)
        case full
    }

    init(_ configuration: BulkheadConfiguration) {
        maxConcurrent = configuration.maxConcurrent
        maxQueue = configuration.maxQueue
    }

    /// Takes a place, or else queues `element`, or else counts a rejection.
    ///
    /// Without an element nothing is queued.
    mutating func acquire(_ element: Element?) -> Decision {
        statistics.total += 1
        if statistics.active < maxConcurrent {
            statistics.active += 1
            return .admitted
        }
        guard let element, queue.count < maxQueue else {
            statistics.rejected += 1
            return .full
        }
        statistics.queued += 1
        return .queued(ticket: queue.append(element))
    }

    /// Gives a place back: to the element returned, or to nobody.
    mutating func release() -> Element? {
        guard let next = queue.popFirst() else {
            statistics.active -= 1
            return nil
        }
        statistics.queued -= 1
        return next
    }

    /// Counts a wait that ended without a place, and unlinks it where it is still queued.
    mutating func giveUp(_ ticket: UInt64, isCancelled: Bool) {
        if queue.remove(ticket) != nil { statistics.queued -= 1 }
        if isCancelled { statistics.cancelled += 1 } else { statistics.timeouts += 1 }
    }
}
