// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What publishers are to show anew: whatever says something at once, and figures when somebody asks for them.
extension Assessment {
    /// One target as publishers show it; nil for an unknown place.
    ///
    /// - Parameters:
    ///   - target: its place.
    ///   - nextDue: when its next probe starts; nil while one runs.
    /// - Returns: all that is shown of it.
    package mutating func health(of target: TargetID, nextDue: MonotonicInstant? = nil) -> TargetHealth? {
        guard let record = record(target) else { return nil }
        if record.calmText == nil {
            let text = TargetExplanation.calmText(of: record.definition)
            if text != lastCalmText { lastCalmText = text }
            record.calmText = lastCalmText
        }
        return TargetHealth(record, identity(of: record), roots: records.roots(of: record), nextDue: nextDue)
    }

    /// Takes out the targets that publishers would show differently since the last call; removed ones are not among them.
    package mutating func takeTouched() -> [TargetID] {
        var taken: [TargetID] = []
        while let target = takeLastTouched() { taken.append(target) }
        return taken.reversed()
    }

    /// How many targets have been touched, removed ones among them.
    package var touchedCount: Int { touched.count }

    /// Takes the one that was touched last, which is the least likely to be touched again soon; nil when there is none.
    package mutating func takeLastTouched() -> TargetID? {
        while let target = touched.popLast() {
            guard let record = record(target) else { continue }
            record.isTouched = false
            return target
        }
        return nil
    }

    /// Takes one of the targets of which nothing but figures has changed since it was taken last: counters, the last outcome, when the
    /// next probe is due; nil when there is none.
    package mutating func takeLastCounted() -> TargetID? {
        while let target = counted.popLast() {
            guard let record = record(target) else { continue }
            record.isFigureOld = false
            return target
        }
        return nil
    }

    /// Whether figures have changed since they were last taken.
    package var hasCounted: Bool { !counted.isEmpty }

    /// Lets a target's figures be shown anew when somebody asks for them.
    mutating func count(_ target: TargetID, _ record: TargetRecord) {
        guard !record.isFigureOld else { return }
        record.isFigureOld = true
        counted.append(target)
    }

    /// Lets a target be shown anew.
    mutating func touch(_ target: TargetID, _ record: TargetRecord) {
        guard !record.isTouched else { return }
        record.isTouched = true
        touched.append(target)
    }
}
