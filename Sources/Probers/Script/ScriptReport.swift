// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// Who is to be told how a run of a script ended, and how its end is read.
struct ScriptReport {
    let id: ProbeRunID
    let startedAt: MonotonicInstant
    let judgement: ScriptJudgement
    let observer: any ProbeObserver

    func tell(_ outcome: Outcome, on loop: isolated EventLoop) {
        observer.finished(id, with: outcome, on: loop)
    }
}
