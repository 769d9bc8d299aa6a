// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// Probes a target by asking a resident worker: a program that is started once and answers a line for every check, so that
/// frequent checks cost no process.
///
/// ```
/// absent ──start──▶ idle ──check──▶ busy ──answer──▶ idle
///    ▲                │ exit, noise   │ exit, noise, deadline
///    └────────────────┴───────────────┘  everything of it is killed; started again at the next check, with backoff
/// ```
///
/// The file is looked at before every check: one that was replaced gets a new worker, one that others can change gets none.
package final class ScriptWorkerProber: Prober {
    /// A check under way.
    private struct Check {
        let id: ProbeRunID
        let startedAt: MonotonicInstant
        let judgement: ScriptJudgement
        let observer: any ProbeObserver
        let timer: TimerID
    }

    /// A worker that lives.
    private struct Worker {
        let run: ProcessRun
        let version: FileMetadata?
        var conversation: WorkerConversation
        var errorOutput: OutputReader
    }

    private var launcher: ScriptLauncher
    private var worker: Worker?
    private var check: Check?
    private var backoff = WorkerBackoff()
    private var lastVerdict: Verdict?
    private var lastTrouble = ""
    /// Counts the checks of this target; a worker sees it as `check`.
    private var number: UInt64 = 0

    private static let readLimit = 64 * 1_024
    /// Most bytes that a worker may write to its standard error from one check to the next.
    private static let mostErrorBytes = 1_024 * 1_024

    /// - Parameters:
    ///   - target: told to the worker with every check.
    ///   - probe: the program, by absolute path, and how its answers are read.
    ///   - host: what it shares with the other script probers of its loop.
    package init(target: TargetName, probe: ScriptProbe, host: ScriptHost) {
        launcher = ScriptLauncher(target: target, probe: probe, host: host)
    }

    package func start(
        _ id: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(check == nil, "run \(id.number) of \(launcher.target) started while another one is under way")
        number &+= 1
        check = Check(
            id: id,
            startedAt: loop.now,
            judgement: ScriptJudgement(probe: launcher.probe, timeLimit: loop.now.duration(to: deadline)),
            observer: observer,
            timer: loop.schedule(self, at: deadline)
        )
        do throws(ScriptObstacle) {
            try prepareWorker(deadline: deadline, on: loop)
            ask(deadline: deadline, on: loop)
        } catch {
            tell(on: loop) { $0.judgement.outcome(of: error, startedAt: $0.startedAt, endedAt: loop.now) }
        }
    }

    package func stop(on loop: isolated EventLoop) {
        if let check { loop.cancel(check.timer) }
        check = nil
        endWorker(on: loop)
    }

    /// Sees to it that there is a worker of the program as it is now.
    private func prepareWorker(deadline: MonotonicInstant, on loop: isolated EventLoop) throws(ScriptObstacle) {
        let version = launcher.host.trust.version(of: launcher.probe.command[0])
        let isReplaced = worker != nil
        if let worker {
            if worker.version == version { return }
            endWorker(on: loop)
        }
        if let notBefore = backoff.notBefore, loop.now < notBefore {
            let wait = loop.now.duration(to: notBefore).readable
            throw .program("\(lastTrouble); it is started again in \(wait)", nil)
        }
        let run = try launcher.start(deadline: deadline, lastVerdict: nil, isReplacement: isReplaced, on: loop)
        worker = Worker(
            run: run,
            version: version,
            conversation: WorkerConversation(outputLimit: launcher.probe.maximumOutputBytes),
            errorOutput: OutputReader(run.process.errorDescriptor, limit: 4_096, as: .errorOutput)
        )
        do {
            for descriptor in [run.process.outputDescriptor, run.process.errorDescriptor, run.process.exitDescriptor] {
                try loop.watch(descriptor, self)
            }
        } catch {
            endWorker(on: loop)
            throw .ours("cannot watch the worker: \(error.text)", error)
        }
    }

    private func ask(deadline: MonotonicInstant, on loop: isolated EventLoop) {
        guard let worker, let input = worker.run.process.inputDescriptor else {
            return fail("the worker has no standard input", on: loop)
        }
        self.worker?.errorOutput = OutputReader(worker.run.process.errorDescriptor, limit: 4_096, as: .errorOutput)
        let request = WorkerConversation.request(
            check: number,
            target: launcher.target,
            timeLimit: loop.now.duration(to: deadline),
            lastVerdict: lastVerdict
        )
        loop.trace?.sent(request, .input, at: loop.kernel.now)
        // A pipe has room for many requests, and at most one is unanswered: a worker without room does not read.
        guard loop.kernel.write(input, request[...]) == .wrote(request.count) else {
            // It may have ended, which says more; else it is told at the deadline.
            return
        }
    }

    /// The worker did something it should not: it is ended, and the check under way with it.
    private func fail(_ trouble: String, on loop: isolated EventLoop) {
        lastTrouble = "the worker \(trouble)"
        backoff.failed(at: loop.now)
        let errors = errorExcerpt(on: loop)
        endWorker(on: loop)
        tell(on: loop) { check in
            Outcome(
                verdict: .unhealthy,
                layer: .l7Response,
                failure: Failure(.protocolError, lastTrouble, evidence: Evidence(excerpt: errors)),
                startedAt: check.startedAt,
                duration: check.startedAt.duration(to: loop.now)
            )
        }
    }

    /// The worker has ended by itself.
    private func workerEnded(_ exit: ProcessExit, on loop: isolated EventLoop) {
        worker?.errorOutput.readRest(on: loop)
        backoff.failed(at: loop.now)
        let errors = errorExcerpt(on: loop)
        endWorker(on: loop)
        let (reason, text): (FailureReason, String) =
            switch exit {
            case .code(let code): (.execExit, "ended with exit code \(code)")
            case .signal(let number): (.execSignal, "was ended by \(SignalName.of(number))")
            case .unknown: (.internal, "ended, and its exit status was lost")
            }
        lastTrouble = "the worker \(text)"
        tell(on: loop) { check in
            Outcome(
                verdict: reason == .internal ? .unknown : .unhealthy,
                layer: .l7Response,
                failure: Failure(reason, "\(lastTrouble) instead of an answer", evidence: Evidence(excerpt: errors)),
                startedAt: check.startedAt,
                duration: check.startedAt.duration(to: loop.now)
            )
        }
    }

    private func answered(_ reply: WorkerConversation.Reply, on loop: isolated EventLoop) {
        backoff.answered()
        let errorOutput = worker?.errorOutput.head ?? OutputHead(limit: 1)
        tell(on: loop) { check in
            var output = OutputHead(limit: launcher.probe.maximumOutputBytes)
            output.append(Array((reply.output ?? "").utf8))
            let ending = ScriptEnding(
                cause: .exit(.code(reply.status)),
                endedAt: loop.now,
                output: output,
                errorOutput: errorOutput
            )
            return check.judgement.outcome(of: ending, startedAt: check.startedAt)
        }
    }

    /// Tells the outcome of the check under way, if there is one.
    private func tell(on loop: isolated EventLoop, _ outcome: (Check) -> Outcome) {
        guard let check else { return }
        self.check = nil
        loop.cancel(check.timer)
        let outcome = outcome(check)
        lastVerdict = outcome.verdict
        check.observer.finished(check.id, with: outcome, on: loop)
    }

    /// Kills everything of the worker, and lets go of it.
    private func endWorker(on loop: isolated EventLoop) {
        guard let worker else { return }
        self.worker = nil
        let process = worker.run.process
        let descriptors = [
            process.inputDescriptor, process.outputDescriptor, process.errorDescriptor, process.exitDescriptor,
        ]
        for descriptor in descriptors.compactMap(\.self) { loop.close(descriptor) }
        loop.budget.give(back: ScriptLauncher.descriptors(of: launcher.probe))
        launcher.host.reaper.end(worker.run, for: nil, on: loop)
    }

    private func errorExcerpt(on loop: isolated EventLoop) -> String? {
        worker.flatMap { Excerpt.text(of: $0.errorOutput.head.bytes) }
    }
}

extension ScriptWorkerProber: DescriptorHandler {
    package func ready(_ descriptor: CInt, _ events: Readiness.Events, on loop: isolated EventLoop) {
        guard let process = worker?.run.process else { return }
        switch descriptor {
        case process.errorDescriptor: drainErrors(on: loop)
        case process.outputDescriptor: read(on: loop)
        default:
            // What it wrote before it ended counts.
            read(on: loop)
            guard let run = worker?.run, let exit = launcher.host.reaper.collect(run) else { return }
            workerEnded(exit, on: loop)
        }
    }

    private func read(on loop: isolated EventLoop) {
        while let output = worker?.run.process.outputDescriptor {
            guard case .bytes(let bytes) = loop.kernel.read(output, limit: Self.readLimit) else { return }
            loop.trace?.received(bytes, .output, at: loop.kernel.now)
            let underWay = check == nil ? nil : number
            do throws(WorkerConversation.Fault) {
                guard let reply = try worker?.conversation.receive(bytes, check: underWay) else { continue }
                answered(reply, on: loop)
            } catch {
                return fail(error.description, on: loop)
            }
        }
    }

    /// Reads all there is, so that the worker never waits for us, up to a bound on what it may say between two checks.
    private func drainErrors(on loop: isolated EventLoop) {
        while worker?.errorOutput.readPortion(on: loop) == true {
            guard let count = worker?.errorOutput.count, count <= Self.mostErrorBytes else { break }
        }
        guard let count = worker?.errorOutput.count, count > Self.mostErrorBytes else { return }
        fail("floods its standard error", on: loop)
    }
}

extension ScriptWorkerProber: TimerHandler {
    /// The check has had its time.
    package func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard let check else { return }
        lastTrouble = "the worker did not answer in \(check.judgement.timeLimit.readable)"
        backoff.failed(at: loop.now)
        let errorOutput = worker?.errorOutput.head ?? OutputHead(limit: 1)
        endWorker(on: loop)
        tell(on: loop) { check in
            let ending = ScriptEnding(
                cause: .killed,
                endedAt: loop.now,
                output: OutputHead(limit: 1),
                errorOutput: errorOutput
            )
            return check.judgement.outcome(of: ending, startedAt: check.startedAt)
        }
    }
}
