// SPDX-License-Identifier: Apache-2.0

import Assessment
package import HealthModel

/// What the pipeline publishes: snapshots, their rows drawn a few at a time.
extension HealthPipeline {
    /// Has a snapshot with the figures of all targets published soon: over the next turns, within a quarter of a second.
    ///
    /// Until somebody asks, figures are left as they are: to draw them after every probe would be for nobody.
    package mutating func askForFigures(at moment: Moment) {
        if publishing.figuresAskedAt == nil { publishing.figuresAskedAt = moment.instant }
    }

    /// A snapshot, if one is worth publishing now.
    ///
    /// - Parameters:
    ///   - moment: now.
    ///   - scripts: how full the places of scripts are; asked for only when there is something to publish.
    /// - Returns: the snapshot, or nil.
    package mutating func publication(
        at moment: Moment,
        scripts: @autoclosure () -> BulkheadHealth? = nil
    ) -> HealthSnapshot? {
        advance(at: moment)
        noteProblems(at: moment)
        if let askedAt = publishing.figuresAskedAt {
            showFigures(atMost: max(Publishing.awaitedRowsPerTurn, board.rows.count / Publishing.awaitedPart))
            if !assessment.hasCounted || askedAt.duration(to: moment.instant) >= Publishing.figureTime {
                if let scripts = scripts() { agent.scripts = scripts }
                return snapshot(at: moment)
            }
        }
        guard pacer.isDue(now: moment.instant) else {
            if pacer.isNear(now: moment.instant) {
                show(atMost: Publishing.rowsPerTurn + assessment.touchedCount / pacer.turnsLeft(at: moment.instant))
            }
            return nil
        }
        if let scripts = scripts() { agent.scripts = scripts }
        return makeSnapshot(at: moment)
    }

    /// Everything that is known now, every figure included.
    package mutating func snapshot(at moment: Moment) -> HealthSnapshot {
        advance(at: moment)
        showFigures(atMost: .max)
        return makeSnapshot(at: moment)
    }

    /// What is known now, the figures as they were last drawn.
    private mutating func makeSnapshot(at moment: Moment) -> HealthSnapshot {
        show(atMost: .max)
        showProblems(at: moment)
        publishing.sequence += 1
        if board.takeRedrawn() { publishing.rowsSince = publishing.sequence }
        if !assessment.hasCounted {
            publishing.figuresAt = moment.instant
            publishing.figuresAskedAt = nil
        }
        agent.probesInFlight = Int(account.inFlight)
        let ages = assessment.ages
        let snapshot = HealthSnapshot(
            sequence: publishing.sequence,
            takenAt: moment.instant,
            takenAtWallTime: moment.wall,
            aggregate: assessment.aggregate,
            targets: board.rows,
            beliefs: board.beliefs,
            census: board.census,
            targetsSince: publishing.rowsSince,
            figuresAt: publishing.figuresAt,
            groups: assessment.groups,
            settings: assessment.settings,
            agent: agent,
            freshUntil: ages.freshUntil,
            maintenance: maintenance.windows
        )
        pacer.published(now: moment.instant, nextAged: ages.nextStale)
        return snapshot
    }

    /// Draws the rows of targets that have changed.
    private mutating func show(atMost limit: Int) {
        var count = 0
        while count < limit, let target = assessment.takeLastTouched() {
            if let health = health(of: target) { board.update(target, health) }
            count += 1
        }
    }

    /// Draws the rows of targets of which figures have changed.
    private mutating func showFigures(atMost limit: Int) {
        var count = 0
        while count < limit, let target = assessment.takeLastCounted() {
            if let health = health(of: target) { board.update(target, health) }
            count += 1
        }
    }

    /// Looks at the agent itself; a problem that began or ended is published like a target that changed.
    private mutating func noteProblems(at moment: Moment) {
        let knowsState = agent.problems.last?.problem == .state
        guard faults.hasNews(since: agent.problems, at: moment) || knowsState != (stateProblem != nil) else { return }
        pacer.note(.target, now: moment.instant)
        showProblems(at: moment)
    }

    /// Says what is wrong with the agent, in the words of now.
    private mutating func showProblems(at moment: Moment) {
        agent.problems = faults.problems(at: moment)
        if let stateProblem { agent.problems.append(stateProblem) }
    }
}
