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
///
/// Where many threads call, each of eight stripes has words of its own, which take 640 bytes; else there is one pair for all.
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

    private let isStriped: Bool
    /// Not an optional, which would be retained and released at every call, on one line for all threads; nobody's where there are none.
    private let stripes: LaneStripes
    private let end = Atomic<Int64>(Limits.passed)
    private let slow = Atomic<Int64>(Limits.none)
    /// The words of all threads, where there are no stripes; last, as they may share their line with the breaker's lock.
    private let words = LaneWords()

    /// A closed lane.
    ///
    /// - Parameter isStriped: whether many threads call at one time.
    init(isStriped: Bool = true) {
        self.isStriped = isStriped
        stripes = isStriped ? LaneStripes() : LaneStripes.unused
    }

    /// A time in units of about a nanosecond (2^30 attoseconds), rounded down: less than another means earlier.
    static func ticks(_ time: Duration) -> Int64 {
        Int64(clamping: time.attoseconds >> 30)
    }

    /// Whether the lane is open, at a moment between call and return.
    var isOpen: Bool {
        guard isStriped else { return words.admitted.load(ordering: .relaxed) != 0 }
        return stripes.all[LaneStripes.mine].words.admitted.load(ordering: .relaxed) != 0
    }

    /// Counts an admission.
    ///
    /// - Returns: the generation of the permit, or nil when the lane is closed.
    func admit() -> UInt64? {
        guard isStriped else { return Self.increment(words.admitted) { $0 != 0 } }
        return Self.increment(stripes.all[LaneStripes.mine].words.admitted) { $0 != 0 }
    }

    /// Counts a success.
    ///
    /// - Parameters:
    ///   - token: that of the permit.
    ///   - duration: how long the call took; nil takes the time since its admission.
    ///   - time: read only where the time matters.
    /// - Returns: false when the lane is closed to this success, which must then be counted under the lock.
    func succeed(_ token: AdmissionToken, after duration: Duration?, time: borrowing TimeSource) -> Bool {
        guard isStriped else { return succeed(token, after: duration, time: time, in: words.succeeded) }
        return succeed(token, after: duration, time: time, in: stripes.all[LaneStripes.mine].words.succeeded)
    }

    private func succeed(
        _ token: AdmissionToken,
        after duration: Duration?,
        time: borrowing TimeSource,
        in succeeded: borrowing Atomic<UInt64>
    ) -> Bool {
        guard succeeded.load(ordering: .acquiring) != 0 else { return false }
        let limits = Limits(end: end.load(ordering: .relaxed), slow: slow.load(ordering: .relaxed))
        guard limits == Limits() || allow(limits, token, duration, time.now()) else { return false }
        return Self.increment(succeeded) { $0 == token.generation } != nil
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
        guard isStriped else { return words.open(word, successWord) }
        for index in stripes.all.indices { stripes.all[index].words.open(word, successWord) }
    }

    /// Closes the lane and hands out what it has counted.
    ///
    /// Called under the lock. The admission of every success that is handed out has been handed out too.
    func close() -> Counts {
        var counts = Counts()
        guard isStriped else {
            Self.close(words, into: &counts)
            return counts
        }
        for index in stripes.all.indices { Self.close(stripes.all[index].words, into: &counts) }
        return counts
    }

    private static func close(_ words: borrowing LaneWords, into counts: inout Counts) {
        counts.admitted += Int(words.admitted.exchange(0, ordering: .relaxed) & countMask)
        counts.succeeded += Int(words.succeeded.exchange(0, ordering: .relaxed) & countMask)
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
}
