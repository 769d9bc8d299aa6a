// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// A dependency, found by its place and known by its name.
struct DependencyLink {
    let target: TargetID
    let name: TargetName
}

extension Assessment {
    /// Finds the targets that others depend on; names of unknown targets count for nothing.
    func linkDependencies(_ targets: [TargetName: TargetID]) {
        let linked = targets.values.compactMap { target in record(target).map { (target, $0) } }
        for (_, record) in linked { record.dependents = [] }
        for (target, record) in linked {
            record.dependencies = record.spec.dependencies.compactMap { name in
                targets[name].map { DependencyLink(target: $0, name: name) }
            }
            for link in record.dependencies { self.record(link.target)?.dependents.append(target) }
        }
    }

    /// Shows everything anew that may be attributed to a target, after it went down or came back.
    mutating func touchDependents(of record: TargetRecord) {
        guard !record.dependents.isEmpty else { return }
        var seen: Set<Int> = []
        var open = record.dependents
        while let target = open.popLast() {
            guard seen.insert(target.index).inserted, let dependent = self.record(target) else { continue }
            touch(target, dependent)
            touchGroups(of: dependent)
            open += dependent.dependents
        }
    }
}

extension TargetRecords {
    /// The failed dependencies that a target's failure is attributed to: the ends of all chains of unhealthy ones.
    ///
    /// Attribution changes no status: what is down behind a dependency is down. It says whom to look after.
    ///
    /// - Returns: sorted; empty when the target is not unhealthy, or fails by itself.
    func roots(of record: TargetRecord) -> [TargetName] {
        guard record.status == .unhealthy, !record.dependencies.isEmpty else { return [] }
        var roots: Set<TargetName> = []
        var seen: Set<TargetName> = [record.spec.name]
        var open = failedDependencies(of: record)
        while let next = open.popLast() {
            guard seen.insert(next.spec.name).inserted else { continue }
            let further = failedDependencies(of: next)
            if further.isEmpty { roots.insert(next.spec.name) } else { open += further }
        }
        return roots.sorted()
    }

    private func failedDependencies(of record: TargetRecord) -> [TargetRecord] {
        record.dependencies.compactMap { link in
            guard let found = self[link.target], found.spec.name == link.name else { return nil }
            return found.status == .unhealthy ? found : nil
        }
    }
}
