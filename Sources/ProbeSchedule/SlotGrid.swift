// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The slots of one target: slot k lies at origin + phase + k · interval, moved by its own jitter.
///
/// Phase and jitter are multiples of the distance between two bunches, so that one wake-up serves many targets, see ``BunchDistance``.
/// Intervals are exact all the same, because every slot of a target moves alike.
///
/// Phase and jitter are drawn from hashes of the name, so that the slots of a target depend on nothing but its name, its timing,
/// the origin and the seed, and to within the distance of two bunches on how many starts a second there are: not on what happened
/// before. Jitter therefore never adds up. All arithmetic is in nanoseconds and held at the ends of `Int64`.
struct SlotGrid {
    /// Time between two slots, at least 1 ns.
    let interval: Int64
    /// How far a slot may move to either side.
    let reach: Int64
    /// How far the first slot lies after the origin, less than the interval.
    let phase: Int64
    private let base: Int64
    private let bunchDistance: Int64
    private let jitterHash: StableHash

    init(timing: ProbeTiming, hash: StableHash, origin: MonotonicInstant, seed: UInt64, bunches: BunchDistance) {
        interval = max(1, timing.interval.inNanoseconds)
        reach = Int64(Double(interval) * min(0.5, max(0, timing.jitter)) / 2)
        bunchDistance = bunches.distance(interval: interval, reach: reach)
        phase = hash.fraction(of: interval) / bunchDistance * bunchDistance
        base = origin.nanoseconds.saturatingAdd(phase)
        jitterHash = hash.combined(with: seed)
    }

    /// When the first slot that lies at least half an interval after `start` is due, jitter included.
    func due(afterStart start: MonotonicInstant) -> MonotonicInstant {
        let earliest = start.nanoseconds.saturatingAdd(interval / 2)
        let number = Self.quotientRoundedUp(earliest.saturatingSubtract(base), interval)
        let (distance, overflow) = number.multipliedReportingOverflow(by: interval)
        guard !overflow else { return .never }
        return MonotonicInstant(nanoseconds: base.saturatingAdd(distance).saturatingAdd(jitter(ofSlot: number)))
    }

    /// Uniform among the bunches in `-reach...reach`, the same whenever it is asked for.
    private func jitter(ofSlot number: Int64) -> Int64 {
        guard reach > 0 else { return 0 }
        let most = reach / bunchDistance
        return (jitterHash.combined(with: UInt64(bitPattern: number)).fraction(of: 2 * most + 1) - most) * bunchDistance
    }

    /// The least number of at least 0 whose product with `divisor` is not less than `dividend`.
    private static func quotientRoundedUp(_ dividend: Int64, _ divisor: Int64) -> Int64 {
        guard dividend > 0 else { return 0 }
        return (dividend - 1) / divisor + 1
    }
}

extension Int64 {
    fileprivate func saturatingAdd(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        guard overflow else { return sum }
        return other < 0 ? .min : .max
    }

    fileprivate func saturatingSubtract(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        guard overflow else { return difference }
        return other < 0 ? .max : .min
    }
}
