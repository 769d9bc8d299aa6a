// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// Who is to be told how a run of a script ended, and how its end is read.
struct ScriptReport {
    let id: ProbeRunID
    let startedAt: MonotonicInstant
    let judgement: ScriptJudgement
    let observer: any ProbeObserver
    let prober: ScriptProber

    func tell(_ outcome: Outcome, on loop: isolated EventLoop) {
        prober.note(outcome.verdict)
        observer.finished(id, with: outcome, on: loop)
    }
}
