// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The requests of one run and which of them were answered.
///
/// Sequence numbers go on from run to run and the data holds a mark of the run, so that a late reply of an earlier run counts for
/// nothing.
struct EchoSeries {
    private struct Request {
        let message: EchoMessage
        let sentAt: MonotonicInstant
        var roundTrip: Duration?
    }

    /// How many requests the run sends.
    let count: Int
    private let size: Int
    private let mark: UInt64
    private var requests: [Request] = []
    private var next: UInt16
    /// Replies that carried other data than was sent.
    private(set) var damaged = 0

    /// - Parameters:
    ///   - count: how many requests the run sends.
    ///   - size: bytes of data in each.
    ///   - first: the first sequence number.
    ///   - mark: tells this run's data from any other's.
    init(count: Int, size: Int, first: UInt16, mark: UInt64) {
        self.count = count
        self.size = size
        self.mark = mark
        next = first
    }

    /// The sequence number after the last one used.
    var following: UInt16 { next }

    /// Whether all requests were sent.
    var isSent: Bool { requests.count >= count }

    /// Whether all were sent and answered.
    var isComplete: Bool { isSent && requests.allSatisfy { $0.roundTrip != nil } }

    /// The next request, taken as sent at `now`.
    mutating func take(at now: MonotonicInstant) -> EchoMessage {
        var data = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        for index in 0..<min(8, size) { data[index] = UInt8(truncatingIfNeeded: mark >> (8 * UInt64(index))) }
        let message = EchoMessage(sequence: next, data: data)
        next &+= 1
        requests.append(Request(message: message, sentAt: now))
        return message
    }

    /// Takes a reply; a second one, or one to a request of another run, changes nothing.
    mutating func receive(_ reply: EchoMessage, at now: MonotonicInstant) {
        guard let index = requests.firstIndex(where: { $0.message.sequence == reply.sequence }) else { return }
        guard requests[index].message.data == reply.data else {
            damaged += 1
            return
        }
        if requests[index].roundTrip == nil { requests[index].roundTrip = requests[index].sentAt.duration(to: now) }
    }

    /// Begins anew, with another address.
    mutating func restart() {
        requests = []
        damaged = 0
    }

    /// What was seen so far; `count` requests are taken as sent.
    var facts: EchoFacts {
        let trips = requests.compactMap(\.roundTrip)
        let mean = trips.isEmpty ? nil : trips.reduce(.zero, +) / trips.count
        return EchoFacts(sent: count, received: trips.count, fastest: trips.min(), mean: mean, slowest: trips.max())
    }
}
