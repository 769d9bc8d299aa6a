// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers

/// Which probers there are for the targets that there are, and where what they use lies.
extension ProbeRunner {
    struct Run {
        let id: RunID
        let timeout: Duration
        let deadline: MonotonicInstant
    }

    /// A prober, what it was made for, and its run in flight; an object, because it is looked up for every probe and large to copy.
    final class Prepared {
        let probe: Probe
        let retry: RetrySettings
        let prober: any Prober
        /// Whether another loop runs it, so that a run begins when that loop has taken it up.
        let isDistant: Bool
        var run: Run?

        init(_ spec: ProbeSpec, prober: any Prober, isDistant: Bool) {
            self.isDistant = isDistant
            probe = spec.probe
            retry = spec.retry
            self.prober = prober
        }

        func fits(_ spec: ProbeSpec) -> Bool { probe == spec.probe && retry == spec.retry }
    }

    /// Makes the probers that are new or whose probe changed, and stops those that are gone.
    ///
    /// The pipeline keeps the run of a target whose probe is the same, so where only the retries changed, it starts again on
    /// the new prober, with what is left of its time.
    func prepare(_ specs: [ProbeSpec], on loop: isolated EventLoop) {
        let kept = Dictionary(uniqueKeysWithValues: specs.map { ($0.name, $0) })
        let gone = probers.filter { name, prepared in kept[name].map { !prepared.fits($0) } ?? true }
        var interrupted: [(TargetName, Run)] = []
        for name in gone.keys.sorted() {
            if let prober = gone[name]?.prober {
                prober.stop(on: loop)
                targets[ObjectIdentifier(prober)] = nil
            }
            crew?.remove(name)
            probers[name] = nil
            if kept[name]?.probe == gone[name]?.probe, let run = gone[name]?.run { interrupted.append((name, run)) }
            awaited = awaited.filter { $0.value.target != name }
        }
        makeProbers(specs, on: loop)
        probersByPlace.removeAll(keepingCapacity: true)
        for spec in specs {
            guard let place = pipeline.place(of: spec.name)?.index else { continue }
            while probersByPlace.count <= place { probersByPlace.append(nil) }
            probersByPlace[place] = probers[spec.name]
        }
        footprints = probersByPlace.indices.map(footprint(of:))
        for (name, run) in interrupted {
            guard let prepared = probers[name] else { continue }
            prepared.run = run
            prepared.prober.start(ProbeRunID(run.id), deadline: run.deadline, for: self, on: loop)
        }
        lateness = lateness.filter { prepared(running: $0.key) != nil }
    }

    /// Makes the probers of targets that have none.
    ///
    /// To be called before the schedule hears of new targets, because thousands of probers take as long to make as a first probe may be
    /// late.
    func makeProbers(_ specs: [ProbeSpec], on loop: isolated EventLoop) {
        enter(Self.probers(specs, besides: probers, factory, crew, on: loop))
    }

    /// Takes in probers that were just made.
    func enter(_ made: [(TargetName, Prepared)]) {
        for (name, prepared) in made {
            probers[name] = prepared
            targets[ObjectIdentifier(prepared.prober)] = name
        }
    }

    /// The probers of those targets that are not among the known ones.
    static func probers(
        _ specs: [ProbeSpec],
        besides known: [TargetName: Prepared] = [:],
        _ factory: ProberFactory,
        _ crew: ProbingCrew?,
        on loop: isolated EventLoop
    ) -> [(TargetName, Prepared)] {
        specs.filter { known[$0.name] == nil }.map { spec in
            let distant = crew?.prober(for: spec)
            let prober = distant ?? factory.prober(for: spec, on: loop)
            return (spec.name, Prepared(spec, prober: prober, isDistant: distant != nil))
        }
    }

    private func footprint(of place: Int) -> Footprint {
        var footprint = Footprint()
        guard let prepared = probersByPlace[place] else { return footprint }
        footprint.add(prepared)
        for (object, bytes) in pipeline.objects(of: TargetID(place)) { footprint.add(object, first: bytes) }
        prepared.prober.collect(into: &footprint)
        return footprint
    }
}
