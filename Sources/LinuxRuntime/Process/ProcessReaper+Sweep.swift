// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension ProcessReaper: TimerHandler {
    /// How long, and how often at least, a turn of the loop looks again at children that still change; the rest is left to the
    /// timer.
    private static let timePerTurn = Duration.milliseconds(2)
    private static let passesPerTurn = 4

    package func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        self.timer = nil
        sweep(on: loop)
    }

    /// Kills and reaps what may be, tells whose run is gone, and looks again later while something is left.
    func sweep(on loop: isolated EventLoop) {
        // Whatever is reaped in a pass may have left orphans after the children were listed: only a pass that reaps nothing
        // shows that nothing is left.
        let limit = loop.kernel.now.advanced(by: Self.timePerTurn)
        var isSettled = false
        var passes = 0
        repeat {
            isSettled = !pass()
            passes += 1
        } while !isSettled && (passes < Self.passesPerTurn || loop.kernel.now < limit)
        let gone = isSettled ? takeGoneRuns() : []
        if !dying.isEmpty || !isSettled || runs.values.contains(where: \.isEnding) {
            timer = loop.schedule(self, at: loop.kernel.now.advanced(by: delay))
            delay = min(delay * 2, Self.longestDelay)
        }
        for (run, observer, exit) in gone { observer?.runIsGone(run, exit: exit, on: loop) }
        if isEmpty { tellWaiters(on: loop) }
    }

    /// One look at all children; true when something was reaped.
    private func pass() -> Bool {
        var hasReaped = reapPrograms()
        let children = spawner.orphans()
        let before = dying
        dying = [:]
        for child in children {
            guard let facts = spawner.facts(of: child) else { continue }
            var owner: RunMarker?
            switch ledger.fate(of: facts) {
            case .leave, .spare: continue
            case .reap: break
            case .kill(let run):
                owner = run
                spawner.kill(child)
            }
            if spawner.reap(child) == nil { dying[child] = .some(owner) } else { hasReaped = true }
        }
        ledger.forgetSuspects(allBut: Set(children))
        if dying.keys.contains(where: { before[$0] == nil }) { delay = Self.shortestDelay }
        return hasReaped
    }

    private func reapPrograms() -> Bool {
        var hasReaped = false
        for (marker, run) in endingRuns where run.exit == nil {
            guard let exit = spawner.reap(run.process.id) else { continue }
            runs[marker]?.exit = exit
            hasReaped = true
        }
        return hasReaped
    }

    private func takeGoneRuns() -> [(ProcessRun, (any ProcessRunObserver)?, ProcessExit)] {
        let held = Set(dying.values.compactMap(\.self))
        var gone: [(ProcessRun, (any ProcessRunObserver)?, ProcessExit)] = []
        for (marker, run) in endingRuns where !held.contains(marker) {
            guard let exit = run.exit else { continue }
            gone.append((ProcessRun(marker: marker, process: run.process), run.observer, exit))
        }
        for (run, _, _) in gone {
            runs[run.marker] = nil
            ledger.forget(run.marker)
        }
        return gone
    }

    /// The runs that are being ended, the lowest process first: what ends together is told in the same order every time.
    private var endingRuns: [(RunMarker, Run)] {
        runs.filter(\.value.isEnding).sorted { $0.value.process.id.number < $1.value.process.id.number }
    }
}
