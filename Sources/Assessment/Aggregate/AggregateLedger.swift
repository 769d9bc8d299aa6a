// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What one target adds to the counts, so that exactly that can be taken away again.
struct LedgerEntry: Hashable {
    let impact: Impact
    let status: TargetStatus
    let isInMaintenance: Bool
    let isKnownDown: Bool
    /// The places of its groups, each once.
    let groups: [Int]

    /// Whether nothing but the age of the last verdict is another, which counts, and is told of, under fail-open alone.
    func differsInAge(from other: LedgerEntry) -> Bool {
        impact == other.impact && status == other.status && isInMaintenance == other.isInMaintenance
            && groups == other.groups
    }
}

/// The counts behind groups and aggregate, kept along: a target's change costs as much as it has groups.
///
/// It comes to the same as ``HealthJudgement``, which counts everything anew.
struct AggregateLedger {
    let settings: AggregateSettings
    /// The aggregate's counts, as of the last ``settle(at:)``.
    private(set) var tally = AggregateTally()
    /// In the order of the settings.
    private(set) var groups: [Group]
    /// Groups whose members have changed since the last settlement.
    private var unsettled: Set<Int> = []
    /// Groups that publishers would show differently since somebody asked.
    private var touched: Set<Int> = []
    private let places: [GroupName: Int]

    /// A group with what it was last held to be.
    struct Group {
        var tally = GroupTally()
        var status = TargetStatus.starting
        var since: WallTime
        /// The status it adds to the aggregate's counts; nil while it counts for nothing.
        var contribution: TargetStatus?
        /// Its members, in no order.
        var members: [TargetID] = []
    }

    /// Counts without targets; a group that `other` knows stands since when it stood there.
    init(_ settings: AggregateSettings, after other: AggregateLedger?, at moment: Moment) {
        self.settings = settings
        places = Dictionary(settings.groups.map(\.name).enumerated().map { ($1, $0) }, uniquingKeysWith: min)
        groups = settings.groups.map { spec in
            let known = other?.places[spec.name].flatMap { other?.groups[$0] }
            return Group(status: known?.status ?? .starting, since: known?.since ?? moment.wall)
        }
        unsettled = Set(groups.indices)
        touched = unsettled
    }

    /// Whether a group of this name is known.
    func knows(_ name: GroupName) -> Bool { places[name] != nil }

    /// The places of groups, each once; unknown names have none.
    func places(of names: [GroupName]) -> [Int] {
        Set(names.compactMap { places[$0] }).sorted()
    }

    mutating func join(_ target: TargetID, _ entry: LedgerEntry) {
        for place in entry.groups { groups[place].members.append(target) }
        add(entry)
    }

    mutating func leave(_ target: TargetID, _ entry: LedgerEntry) {
        for place in entry.groups { groups[place].members.removeAll { $0 == target } }
        remove(entry)
    }

    mutating func add(_ entry: LedgerEntry) {
        tally.targets += 1
        for place in entry.groups {
            if entry.isInMaintenance {
                groups[place].tally.suspended.add(entry.impact, entry.status)
            } else {
                groups[place].tally.counted.add(entry.impact, entry.status)
            }
        }
        touch(entry.groups)
        guard !entry.isInMaintenance else { return }
        if entry.groups.isEmpty { tally.units.add(entry.impact, entry.status) }
        guard isNeeded(entry) else { return }
        tally.required += 1
        if entry.isKnownDown { tally.requiredDown += 1 }
    }

    mutating func remove(_ entry: LedgerEntry) {
        tally.targets -= 1
        for place in entry.groups {
            if entry.isInMaintenance {
                groups[place].tally.suspended.remove(entry.impact, entry.status)
            } else {
                groups[place].tally.counted.remove(entry.impact, entry.status)
            }
        }
        touch(entry.groups)
        guard !entry.isInMaintenance else { return }
        if entry.groups.isEmpty { tally.units.remove(entry.impact, entry.status) }
        guard isNeeded(entry) else { return }
        tally.required -= 1
        if entry.isKnownDown { tally.requiredDown -= 1 }
    }

    /// Whether any group's members have changed since the last settlement.
    var isUnsettled: Bool { !unsettled.isEmpty }

    /// Lets groups follow their members, and the aggregate's counts the groups.
    ///
    /// - Returns: the groups that are held to be something else than before, with that.
    mutating func settle(at moment: Moment) -> [(place: Int, oldStatus: TargetStatus)] {
        guard !unsettled.isEmpty else { return [] }
        defer { unsettled.removeAll(keepingCapacity: true) }
        var changed: [(Int, TargetStatus)] = []
        for place in unsettled.sorted() {
            let spec = settings.groups[place]
            let status = groups[place].tally.status(policy: spec.policy)
            if let old = groups[place].contribution { tally.units.remove(spec.impact, old) }
            groups[place].contribution = groups[place].tally.counts ? status : nil
            if let new = groups[place].contribution { tally.units.add(spec.impact, new) }
            guard status != groups[place].status else { continue }
            changed.append((place, groups[place].status))
            groups[place].status = status
            groups[place].since = moment.wall
        }
        return changed
    }

    /// Notes that these groups are to be shown anew.
    mutating func touch(_ places: [Int]) {
        unsettled.formUnion(places)
        touched.formUnion(places)
    }

    /// Whether publishers would show any group differently since somebody asked.
    var isTouched: Bool { !touched.isEmpty }

    /// Takes out the groups that publishers would show differently since the last call.
    mutating func takeTouched() -> Set<Int> {
        exchange(&touched, with: [])
    }

    /// Whether the aggregate needs the target, by itself or in a group.
    func isNeeded(_ entry: LedgerEntry) -> Bool {
        guard entry.impact == .required, !entry.isInMaintenance else { return false }
        return entry.groups.isEmpty || entry.groups.contains { settings.groups[$0].impact == .required }
    }
}
