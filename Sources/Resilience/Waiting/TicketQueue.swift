// SPDX-License-Identifier: Apache-2.0

/// A first-in, first-out queue whose elements can leave from anywhere in O(1).
///
/// Leaving marks the place; marked places are skipped at the front and swept when they outnumber the elements.
struct TicketQueue<Element: Sendable>: Sendable {
    typealias Ticket = UInt64

    private var elements: [Ticket: Element] = [:]
    private var order: [Ticket] = []
    private var front = 0
    private var lastTicket: Ticket = 0

    var count: Int { elements.count }

    mutating func append(_ element: Element) -> Ticket {
        lastTicket += 1
        elements[lastTicket] = element
        order.append(lastTicket)
        return lastTicket
    }

    mutating func popFirst() -> Element? {
        while front < order.count {
            let ticket = order[front]
            front += 1
            if let element = elements.removeValue(forKey: ticket) {
                sweep()
                return element
            }
        }
        sweep()
        return nil
    }

    /// Takes an element out of the queue; nil when it has left already.
    mutating func remove(_ ticket: Ticket) -> Element? {
        let element = elements.removeValue(forKey: ticket)
        sweep()
        return element
    }

    private mutating func sweep() {
        guard order.count > 2 * elements.count + 16 else { return }
        order = order[front...].filter { elements[$0] != nil }
        front = 0
    }
}
