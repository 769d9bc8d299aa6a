// SPDX-License-Identifier: Apache-2.0

/// The outcomes of the last so much time, in a ring of slices with running sums.
///
/// A slice begins with its first outcome and not on a grid, so the first outcome after a pause lives for exactly the whole
/// window. An outcome that comes when all slices are in use is counted in the newest one.
struct TimeWindow: Sendable {
    let duration: Duration
    let buckets: Int
    private(set) var counts = OutcomeCounts()
    private let bucketDuration: Duration
    private var ring: [Bucket] = []
    private var oldest = 0
    private var live = 0

    private struct Bucket: Sendable {
        var start = Duration.zero
        var counts = OutcomeCounts()
    }

    init(duration: Duration, buckets: Int) {
        self.duration = duration
        self.buckets = buckets
        bucketDuration = duration / buckets
    }

    /// Counts `outcome` at `now` and forgets what has left the window.
    mutating func record(_ outcome: CallOutcome, now: Duration) {
        expire(now: now)
        counts.add(outcome)
        if live > 0, live == buckets || now - ring[newest].start < bucketDuration {
            ring[newest].counts.add(outcome)
            return
        }
        if ring.isEmpty {
            ring = Array(repeating: Bucket(), count: buckets)
        }
        live += 1
        ring[newest] = Bucket(start: now)
        ring[newest].counts.add(outcome)
    }

    /// Counts so many successes in the newest slice; for times before ``quietEnd``.
    mutating func record(successes: Int) {
        counts.calls += successes
        ring[newest].counts.calls += successes
    }

    /// When the next outcome begins a new slice or lets an old one out of the window; nil for the next outcome of all.
    var quietEnd: Duration? {
        guard live > 0 else { return nil }
        let expiry = ring[oldest].start + duration
        return live == buckets ? expiry : min(expiry, ring[newest].start + bucketDuration)
    }

    /// Forgets the slices that began `duration` or longer ago.
    mutating func expire(now: Duration) {
        while live > 0, now - ring[oldest].start >= duration {
            counts.subtract(ring[oldest].counts)
            oldest += 1
            if oldest == buckets { oldest = 0 }
            live -= 1
        }
    }

    /// The counts of the slices that began less than `part` ago; O(slices).
    func counts(ofLast part: Duration, now: Duration) -> OutcomeCounts {
        var sum = OutcomeCounts()
        for offset in 0..<live {
            let bucket = ring[(oldest + offset) % buckets]
            if now - bucket.start < part { sum.add(bucket.counts) }
        }
        return sum
    }

    mutating func removeAll() {
        counts = OutcomeCounts()
        oldest = 0
        live = 0
    }

    private var newest: Int {
        let position = oldest + live - 1
        return position >= buckets ? position - buckets : position
    }
}
