// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import StateStore

/// The moment `seconds` after the one at which all tests begin, in one boot of the machine.
func stamp(_ seconds: Double, boot: UInt64 = 1, wallShift: Double = 0) -> SaveStamp {
    SaveStamp(
        wall: WallTime(nanosecondsSinceEpoch: 1_800_000_000_000_000_000 + Int64((seconds + wallShift) * 1e9)),
        instant: MonotonicInstant(nanoseconds: 1_000_000_000_000 + Int64(seconds * 1e9)),
        boot: boot
    )
}

func target(_ text: String) -> TargetName {
    guard let name = TargetName(text) else { preconditionFailure("\(text) is no name") }
    return name
}

/// A target with something in every field.
func saved(
    _ name: String,
    sequence: UInt64 = 1,
    standing: SavedTarget.Standing = .unhealthy,
    age: Duration? = .milliseconds(1_500)
) -> SavedTarget {
    SavedTarget(
        name: target(name),
        fingerprint: ProbeFingerprint(value: 0xFFFF_FFFE),
        sequence: sequence,
        standing: standing,
        isStale: true,
        since: WallTime(nanosecondsSinceEpoch: 1_799_999_999_000_000_001),
        verdictAt: stamp(0).wall,
        verdictAge: age,
        consecutiveFailures: 3,
        lastFailure: "status: 500, expected 200-299 – größer",
        lastWarning: "",
        breaker: SavedBreaker(
            state: .forcedOpen,
            since: WallTime(nanosecondsSinceEpoch: -5),
            remaining: .seconds(90),
            openings: 4,
            generation: .max >> 1,
            reason: "by alice",
            openReason: "3 consecutive failures",
            cause: "status: 500",
            operatorReason: "database upgrade",
            operatorName: "alice"
        )
    )
}

func batch(_ targets: SavedTarget...) -> StateBatch {
    var batch = StateBatch()
    for target in targets { batch.targets[target.name] = target }
    return batch
}

/// A rollup of one run.
func rollup(_ milliseconds: Int, _ reason: FailureReason? = nil) -> RunRollup {
    var rollup = RunRollup()
    rollup.add(
        Outcome(
            verdict: reason == nil ? .healthy : .unhealthy,
            layer: .l7OK,
            failure: reason.map { Failure($0, "seen") },
            startedAt: stamp(0).instant,
            duration: .milliseconds(milliseconds)
        )
    )
    return rollup
}

extension TemporaryDirectory {
    func medium(_ limits: StateLimits = StateLimits(), schema: StateSchema = .current) -> StateDirectory {
        StateDirectory(path: path, limits: limits, schema: schema, clock: { stamp(0).instant })
    }
}
