// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Which loop has which target: decided when a target comes, for as long as it is there.
///
/// A target goes to the loop with the least estimated load, the first of those that are equal, among those whose descriptors suffice
/// for it. So the same targets in the same order are always placed the same. What is shared by the whole agent stays on the first loop,
/// which also decides for all and therefore has some load of each.
struct LoopPlacement {
    private struct Place {
        let loop: Int
        let cost: ProbeCost
        let descriptors: Int
    }

    /// The estimated load of each loop, in processors.
    private(set) var loads: [Double]
    private var descriptors: [Int]
    private let limit: Int
    private var places: [TargetName: Place] = [:]

    /// - Parameters:
    ///   - loops: how many there are, the first included.
    ///   - descriptors: how many the probes of each may hold.
    init(loops: Int, descriptors: Int) {
        precondition(loops > 0, "\(loops) loops")
        loads = Array(repeating: 0, count: loops)
        self.descriptors = Array(repeating: 0, count: loops)
        limit = descriptors
    }

    /// The loop of a target that is there.
    func loop(of name: TargetName) -> Int? { places[name]?.loop }

    /// Places a target that is not there yet.
    ///
    /// - Returns: its loop; 0 is the first.
    mutating func place(_ spec: ProbeSpec) -> Int {
        precondition(places[spec.name] == nil, "\(spec.name) has a loop already")
        let needed = ProberFactory.descriptors(for: spec.probe)
        let loop = spec.probe.isBoundToTheAgent ? 0 : bestLoop(for: needed)
        let place = Place(loop: loop, cost: ProbeCost(spec), descriptors: needed)
        places[spec.name] = place
        add(place, times: 1)
        return loop
    }

    /// Forgets a target; does nothing for one that is not there.
    mutating func remove(_ name: TargetName) {
        guard let place = places.removeValue(forKey: name) else { return }
        add(place, times: -1)
    }

    private func bestLoop(for needed: Int) -> Int {
        let fitting = loads.indices.filter { descriptors[$0] + needed <= limit }
        return (fitting.isEmpty ? Array(loads.indices) : fitting).min { loads[$0] < loads[$1] } ?? 0
    }

    private mutating func add(_ place: Place, times sign: Int) {
        descriptors[place.loop] += place.descriptors * sign
        loads[0] += place.cost.decidingShare * Double(sign)
        loads[place.loop] += (place.cost.share - place.cost.decidingShare) * Double(sign)
    }
}
