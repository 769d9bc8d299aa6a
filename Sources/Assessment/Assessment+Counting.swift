// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What each target adds to the counts behind groups and aggregate.
extension Assessment {
    /// Counts a target that is not counted yet.
    mutating func enter(_ target: TargetID, _ record: TargetRecord) {
        let entry = entry(of: record, groups: ledger.places(of: record.spec.groups))
        record.entry = entry
        record.identity = nil
        ledger.join(target, entry)
    }

    private func entry(of record: TargetRecord, groups: [Int]) -> LedgerEntry {
        LedgerEntry(
            impact: record.spec.impact,
            status: record.status,
            isInMaintenance: record.maintenance != nil,
            isKnownDown: record.status == .unhealthy && !record.isAged,
            groups: groups
        )
    }

    /// Changes something that counts of a target, and counts it anew.
    mutating func recount(_ target: TargetID, _ record: TargetRecord, _ change: () -> Void) {
        change()
        guard let old = record.entry else { return }
        let new = entry(of: record, groups: old.groups)
        guard new != old else { return }
        // An explanation is long when many targets are down, and those are also the ones whose verdicts age while their breakers are open.
        let explanation = rule != .failOpen && new.differsInAge(from: old) ? lastExplanation : nil
        ledger.remove(old)
        ledger.add(new)
        record.entry = new
        lastExplanation = explanation
    }

    /// Shows the target's groups anew, and with them the aggregate's explanation.
    mutating func touchGroups(of record: TargetRecord) {
        ledger.touch(record.entry?.groups ?? [])
    }
}
