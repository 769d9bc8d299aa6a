// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts the calls of a healthy breaker without its lock.
///
/// While a breaker is closed and no success can open it, an admission and a success change nothing but counts. The lane is open
/// then: such calls are counted here, on a cache line that few threads share. Whoever needs the lock closes the lane first and
/// adds what it has counted to the core; a call that finds the lane closed takes the lock. So every call is counted exactly once,
/// and every decision knows all calls that were counted before it.
///
/// A word holds the generation, which is never 0, and a count; 0 is the closed lane. A call changes it by compare and exchange:
/// it succeeds only while the lane is open, and in the generation of the permit.
struct SuccessLane: ~Copyable, Sendable {
    /// Calls that were counted in the lane.
    struct Counts: Sendable {
        var admitted = 0
        var succeeded = 0
    }

    /// Which successes may use the lane, in ``SuccessLane/ticks(_:)``.
    struct Limits: Sendable, Equatable {
        /// The limit that is none: the clock need not be read for it.
        static let none = Int64.max
        /// The end that has passed always: only admissions are counted.
        static let passed = Int64.min

        /// The end of the lane for successes.
        var end = none
        /// From this duration on a call may be slow.
        var slow = none
    }

    /// From this generation on the lane stays closed, since its words have no room for the number.
    static let generationLimit: UInt64 = 1 << (64 - countBits)

    private static let countBits: UInt64 = 24
    private static let countMask: UInt64 = (1 << countBits) - 1

    private let end = Atomic<Int64>(Limits.passed)
    private let slow = Atomic<Int64>(Limits.none)
    private let before = CacheLine()
    private let stripes = InlineArray<8, Stripe> { _ in Stripe() }
    private let after = CacheLine()

    /// Two words, and as much room as keeps those of the next stripe off their cache line.
    private struct Stripe: ~Copyable, Sendable {
        let admitted = Atomic<UInt64>(0)
        let succeeded = Atomic<UInt64>(0)
        let room: InlineArray<6, UInt64> = .init(repeating: 0)
    }

    /// Room between words that many threads write and whatever lies beside them.
    private struct CacheLine: Sendable {
        let room: InlineArray<8, UInt64> = .init(repeating: 0)
    }

    /// A time in units of about a nanosecond (2^30 attoseconds), rounded down: less than another means earlier.
    static func ticks(_ time: Duration) -> Int64 {
        Int64(clamping: time.attoseconds >> 30)
    }

    /// Whether the lane is open, at a moment between call and return.
    var isOpen: Bool {
        stripes[Self.stripe].admitted.load(ordering: .relaxed) != 0
    }

    /// Counts an admission.
    ///
    /// - Returns: the generation of the permit, or nil when the lane is closed.
    func admit() -> UInt64? {
        Self.increment(stripes[Self.stripe].admitted) { $0 != 0 }
    }

    /// Counts a success.
    ///
    /// - Parameters:
    ///   - token: that of the permit.
    ///   - duration: how long the call took; nil takes the time since its admission.
    ///   - time: read only where the time matters.
    /// - Returns: false when the lane is closed to this success, which must then be counted under the lock.
    func succeed(_ token: AdmissionToken, after duration: Duration?, time: borrowing TimeSource) -> Bool {
        let index = Self.stripe
        guard stripes[index].succeeded.load(ordering: .acquiring) != 0 else { return false }
        let limits = Limits(end: end.load(ordering: .relaxed), slow: slow.load(ordering: .relaxed))
        guard limits == Limits() || allow(limits, token, duration, time.now()) else { return false }
        return Self.increment(stripes[index].succeeded) { $0 == token.generation } != nil
    }

    /// Opens the lane for permits of `generation` and for successes within `limits`.
    ///
    /// Called under the lock.
    func open(_ generation: UInt64, _ limits: Limits) {
        end.store(limits.end, ordering: .relaxed)
        slow.store(limits.slow, ordering: .relaxed)
        let word = generation << Self.countBits
        // A call that was held up since it read the limits of an earlier opening must not slip in where none may.
        let successWord = limits.end == Limits.passed ? 0 : word
        for index in stripes.indices {
            stripes[index].admitted.store(word, ordering: .releasing)
            stripes[index].succeeded.store(successWord, ordering: .releasing)
        }
    }

    /// Closes the lane and hands out what it has counted.
    ///
    /// Called under the lock. The admission of every success that is handed out has been handed out too.
    func close() -> Counts {
        var counts = Counts()
        for index in stripes.indices {
            counts.admitted += Int(stripes[index].admitted.exchange(0, ordering: .relaxed) & Self.countMask)
            counts.succeeded += Int(stripes[index].succeeded.exchange(0, ordering: .relaxed) & Self.countMask)
        }
        return counts
    }

    private func allow(_ limits: Limits, _ token: AdmissionToken, _ duration: Duration?, _ now: Duration) -> Bool {
        guard limits.end == Limits.none || Self.ticks(now) < limits.end else { return false }
        guard limits.slow != Limits.none else { return true }
        return Self.ticks(duration ?? token.startedAt.map { now - $0 } ?? .zero) < limits.slow
    }

    /// Adds one to a word whose generation is accepted and whose count is not full.
    private static func increment(_ counter: borrowing Atomic<UInt64>, if accepts: (UInt64) -> Bool) -> UInt64? {
        var word = counter.load(ordering: .relaxed)
        while true {
            let generation = word >> countBits
            guard accepts(generation), word & countMask != countMask else { return nil }
            let (isDone, found) = counter.weakCompareExchange(expected: word, desired: word + 1, ordering: .relaxed)
            if isDone { return generation }
            word = found
        }
    }

    /// The stripe of the calling thread, told by the address of its stack.
    ///
    /// Stacks lie 128 KiB to 8 MiB apart; for every such distance the sum tells neighbours apart. Any stripe is correct, a
    /// shared one is slower.
    private static var stripe: Int {
        var mark: UInt8 = 0
        let address = withUnsafeMutablePointer(to: &mark) { UInt(bitPattern: $0) }
        return Int((address >> 17 &+ address >> 20 &+ address >> 23) & 7)
    }
}
