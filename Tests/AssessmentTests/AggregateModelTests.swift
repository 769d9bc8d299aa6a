// SPDX-License-Identifier: Apache-2.0

import Assessment
import HealthModel
import Testing

/// A small generator, so that a seed is a run.
private struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func roll(_ sides: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 33) % sides
    }

    mutating func pick<Element>(_ all: [Element]) -> Element { all[roll(all.count)] }
}

/// The tables of docs/aggregate.md as plainly as they can be written, from what is shown of the targets.
private struct Naive {
    let settings: AggregateSettings
    let targets: [TargetHealth]

    private static let order: [TargetStatus] = [.healthy, .degraded, .starting, .stale, .unhealthy]

    private func needed(_ policy: PassingPolicy, of count: Int) -> Int {
        switch policy {
        case .all: count
        case .any: min(count, 1)
        case .share(let share): (0...count).first { Double($0) >= Double(count) * share - 1e-9 } ?? count
        case .count(let wanted): min(count, wanted)
        }
    }

    private func isDown(_ status: TargetStatus) -> Bool { status == .unhealthy || status == .stale }

    func members(_ group: GroupSpec) -> [TargetHealth] { targets.filter { $0.groups.contains(group.name) } }

    func counts(_ group: GroupSpec) -> Bool {
        members(group).contains { $0.maintenance == nil && $0.impact != .informational }
    }

    func status(_ group: GroupSpec) -> TargetStatus {
        let isCounted = counts(group)
        let these = members(group).filter { ($0.maintenance == nil) == isCounted }
        guard these.contains(where: { $0.impact != .informational }) else { return .starting }
        let required = these.filter { $0.impact == .required }.map(\.status)
        let sorted = Self.order.flatMap { status in required.filter { $0 == status } }
        let count = needed(group.policy, of: sorted.count)
        let status = count == 0 ? .healthy : sorted[count - 1]
        let isShort = these.contains { $0.impact == .degrading && isDown($0.status) }
        return status == .healthy && isShort ? .degraded : status
    }

    var aggregate: (AggregateStatus, isFailOpen: Bool) {
        if targets.isEmpty { return (.unhealthy, false) }
        var units = targets.filter { $0.groups.isEmpty && $0.maintenance == nil }.map { ($0.impact, $0.status) }
        units += settings.groups.filter(counts).map { ($0.impact, status($0)) }
        let required = units.filter { $0.0 == .required }.map(\.1)
        let needed = needed(settings.policy, of: required.count)
        let passing = required.filter { $0 == .healthy || $0 == .degraded }.count
        if passing < needed {
            let starting = required.filter { $0 == .starting }.count
            if passing + starting >= needed { return (.starting, false) }
            let vital = targets.filter { target in
                target.impact == .required && target.maintenance == nil
                    && (target.groups.isEmpty
                        || settings.groups.contains { $0.impact == .required && target.groups.contains($0.name) })
            }
            let down = vital.filter { $0.status == .unhealthy }.count
            let isOpen =
                settings.failOpen > 0 && Double(down) > Double(vital.count) * (1 - settings.failOpen) + 1e-9
            return isOpen ? (.degraded, true) : (.unhealthy, false)
        }
        let isDegraded = required.contains { $0 != .healthy } || units.contains { $0.0 == .degrading && isDown($0.1) }
        return (isDegraded ? .degraded : .healthy, false)
    }
}

@Suite("Assessment: groups and aggregate against a naive model")
struct AggregateModelTests {
    private static let policies: [PassingPolicy] = [
        .all, .any, .share(0.6), .share(0.34), .count(1), .count(2), .count(3),
    ]

    private func settings(_ dice: inout Dice) throws -> AggregateSettings {
        let names = ["g0", "g1", "g2"].prefix(dice.roll(4))
        return AggregateSettings(
            policy: dice.pick([.all, .all, .share(0.6), .count(2)]),
            failOpen: dice.pick([0, 0, 0.3, 0.5, 1]),
            groups: try names.map { try group($0, dice.pick(Self.policies), dice.pick(Impact.allCases)) }
        )
    }

    private func target(_ number: Int, _ dice: inout Dice) throws -> ProbeSpec {
        let groups = ["g0", "g1", "g2"].filter { _ in dice.roll(3) == 0 }
        let impact = dice.pick([.required, .required, .required, .degrading, .informational] as [Impact])
        return try spec("t\(number)", impact: impact, groups: groups)
    }

    @Test(
        "whatever happens, what is counted along is what a plain count gives",
        arguments: 1...150 as ClosedRange<UInt64>
    )
    func model(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        var settings = try settings(&dice)
        let count = dice.roll(8)
        let specs = try (0..<count).map { try target($0, &dice) }
        var harness = AssessmentHarness(specs, settings: settings)
        for step in 0..<120 {
            // Less than a verdict is believed in all, so that only explicit leaps make stale.
            harness.advance(by: dice.roll(25) == 0 ? 33_000 : Int64(dice.roll(300)))
            if count > 0 {
                let number = dice.roll(count)
                switch dice.roll(12) {
                case 0...3: harness.run(.pass, target: number)
                case 4: harness.run(.warn, target: number)
                case 5...7: harness.breakDown(number)
                case 8:
                    let order = Maintenance(until: moment(harness.now + 2_000).wall, reason: "x")
                    let orders = dice.roll(2) == 0 ? [order] : []
                    harness.assessment.setMaintenance(orders, of: TargetID(number), at: moment(harness.now))
                case 9:
                    let spec = try target(number, &dice)
                    harness.assessment.replace(TargetID(number), ProbeDefinition(spec), at: moment(harness.now))
                    harness.assessment.reassess(at: moment(harness.now))
                case 10 where dice.roll(4) == 0:
                    settings = try self.settings(&dice)
                    harness.assessment.reassess(settings: settings, at: moment(harness.now))
                default: break
                }
            }
            let targets = try (0..<count).map { try harness.health($0) }
            // How long a failure is believed has tests of its own; the judgement below knows it, too.
            let isAged = targets.contains {
                $0.status == .unhealthy && $0.staleAfter ?? .init(nanoseconds: .max) <= moment(harness.now).instant
            }
            let naive = Naive(settings: settings, targets: targets)
            let aggregate = harness.aggregate
            if settings.failOpen == 0 || !isAged {
                #expect(aggregate.status == naive.aggregate.0, "seed \(seed), step \(step)")
                #expect(aggregate.isFailOpen == naive.aggregate.isFailOpen, "seed \(seed), step \(step)")
            }
            for (spec, group) in zip(settings.groups, harness.assessment.groups) {
                #expect(group.status == naive.status(spec), "seed \(seed), step \(step), \(spec.name)")
                #expect(group.counts == naive.counts(spec), "seed \(seed), step \(step), \(spec.name)")
                #expect(group.members == naive.members(spec).map(\.name).sorted())
            }
            let judgement = HealthJudgement(
                targets.map { target in
                    TargetState(target, isAged: target.staleAfter.map { $0 <= moment(harness.now).instant } ?? false)
                },
                settings: settings
            )
            #expect(judgement.rule(isDraining: false).status == aggregate.status, "seed \(seed), step \(step)")
        }
    }
}
