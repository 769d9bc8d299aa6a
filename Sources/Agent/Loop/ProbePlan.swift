// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime
package import StateStore

/// What a probe loop is to do: values only, so that it can be handed to the loop's thread.
package struct ProbePlan: Sendable {
    package let specs: [ProbeSpec]
    package let settings: AgentSettings
    /// The agent's name in every output.
    package let agentName: String
    /// Decides all that is random: jitter of probes and of breakers.
    package let seed: UInt64
    /// Starts scripts.
    package let spawner: any ProcessSpawner
    /// How many event loops run probes, the one that the plan is handed to included; each may hold as many descriptors as that one.
    package var loops = 1
    /// What is to survive goes there; nil keeps nothing.
    package var keeper: (any StateKeeper)?
    /// What an earlier run has left.
    package var saved: SavedState?
    /// What tells the targets' probes apart across restarts, as far as that is known.
    private var fingerprints: [TargetName: ProbeFingerprint] = [:]

    package init(
        specs: [ProbeSpec],
        settings: AgentSettings,
        agentName: String,
        spawner: any ProcessSpawner,
        seed: UInt64 = .random(in: .min ... .max)
    ) {
        self.specs = specs
        self.settings = settings
        self.agentName = agentName
        self.spawner = spawner
        self.seed = seed
    }

    /// The descriptors that all targets hold when all of them are probed at once.
    package var descriptorsNeeded: Int {
        specs.reduce(0) { $0 + ProberFactory.descriptors(for: $1.probe) }
    }

    /// The same plan with the fingerprints made, where they will be needed: a tenth of a millisecond each, and not on the loop.
    func withFingerprints() -> ProbePlan {
        guard keeper != nil, fingerprints.isEmpty else { return self }
        var plan = self
        for spec in specs { plan.fingerprints[spec.name] = ProbeFingerprint(spec.probe) }
        return plan
    }

    /// Whether an earlier run has left anything of any target.
    var restoresTargets: Bool { saved?.targets.isEmpty == false }

    /// The pipeline of these targets, starting at `moment`.
    func makePipeline(at moment: Moment) -> HealthPipeline {
        HealthPipeline(
            specs: specs,
            settings: settings,
            name: agentName,
            version: Version.text,
            seed: seed,
            startsAtOnce: loops == 1,
            keepsState: keeper != nil,
            restoring: saved,
            fingerprints: fingerprints,
            at: moment
        )
    }
}
