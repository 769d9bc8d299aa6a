// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// One run of a script, from its start until nothing of it is left.
///
///     running ──exit──▶ ended ──nothing left, or too late──▶ over
///        │ deadline - grace                ▲
///        ▼                                 │
///     terminating ──────exit or deadline───┘
///
/// Output is read as it comes, so that the program never waits for us, and is let go of when the program has ended: a
/// grandchild that still holds it cannot delay anything.
final class ScriptRun {
    private enum State {
        case running
        case terminating
        case ended(ScriptEnding)
        case over
    }

    private let run: ProcessRun
    private let host: ScriptHost
    private let report: ScriptReport
    private var state = State.running
    private var output: OutputReader
    private var errorOutput: OutputReader
    private var deadline: MonotonicInstant
    private var timer: TimerID?
    private var floodTimer: TimerID?

    /// How long after the deadline the outcome is told although something of the run is left.
    static let reportDelay = Duration.milliseconds(30)
    /// How long a program that writes faster than we care to read has to wait.
    private static let floodPause = Duration.milliseconds(1)

    init(_ run: ProcessRun, host: ScriptHost, report: ScriptReport, outputLimit: Int) {
        self.run = run
        self.host = host
        self.report = report
        output = OutputReader(run.process.outputDescriptor, limit: outputLimit, as: .output)
        errorOutput = OutputReader(run.process.errorDescriptor, limit: min(outputLimit, 4_096), as: .errorOutput)
        deadline = report.startedAt
    }

    /// Whether the outcome was told, or nobody wants it any more.
    var isOver: Bool {
        if case .over = state { true } else { false }
    }

    /// Watches the program, which has just been started.
    func begin(deadline: MonotonicInstant, on loop: isolated EventLoop) {
        self.deadline = deadline
        do {
            try loop.watch(run.process.outputDescriptor, self)
            try loop.watch(run.process.errorDescriptor, self)
            try loop.watch(run.process.exitDescriptor, self)
            let grace = min(.milliseconds(500), report.judgement.timeLimit / 5)
            timer = loop.schedule(self, at: deadline.advanced(by: .zero - grace))
        } catch {
            finish(.unwatched(error), on: loop)
        }
    }

    /// Kills everything and tells nobody.
    func abandon(on loop: isolated EventLoop) {
        switch state {
        case .running, .terminating:
            letGo(on: loop)
            state = .over
            host.reaper.end(run, for: nil, on: loop)
            host.slots.giveBack(on: loop)
        case .ended:
            cancelTimers(on: loop)
            state = .over
            host.reaper.forgetObserver(of: run)
            host.slots.giveBack(on: loop)
        case .over: return
        }
    }

    /// The program ended or has to: kills what is left, and waits until it is gone.
    private func finish(_ cause: ScriptEnding.Cause, on loop: isolated EventLoop) {
        output.readRest(on: loop)
        errorOutput.readRest(on: loop)
        loop.trace?.note(.exit, cause.summary, at: loop.kernel.now)
        letGo(on: loop)
        let ending = ScriptEnding(cause: cause, endedAt: loop.now, output: output.head, errorOutput: errorOutput.head)
        state = .ended(ending)
        timer = loop.schedule(self, at: max(loop.now, deadline).advanced(by: Self.reportDelay))
        host.reaper.end(run, for: self, on: loop)
    }

    /// Gives the descriptors back.
    private func letGo(on loop: isolated EventLoop) {
        cancelTimers(on: loop)
        for descriptor in [output.descriptor, errorOutput.descriptor, run.process.exitDescriptor] {
            loop.close(descriptor)
        }
        loop.budget.give(back: SpawnedProcess.descriptorCount)
    }

    private func cancelTimers(on loop: isolated EventLoop) {
        for timer in [timer, floodTimer].compactMap(\.self) { loop.cancel(timer) }
        timer = nil
        floodTimer = nil
    }

    private func tell(_ ending: ScriptEnding, on loop: isolated EventLoop) {
        cancelTimers(on: loop)
        state = .over
        host.slots.giveBack(on: loop)
        report.tell(report.judgement.outcome(of: ending, startedAt: report.startedAt), on: loop)
    }
}

extension ScriptRun: DescriptorHandler {
    func ready(_ descriptor: CInt, _ events: Readiness.Events, on loop: isolated EventLoop) {
        if descriptor == run.process.exitDescriptor {
            programMayHaveEnded(on: loop)
        } else {
            read(on: loop)
        }
    }

    private func programMayHaveEnded(on loop: isolated EventLoop) {
        let wasAsked: Bool
        switch state {
        case .running: wasAsked = false
        case .terminating: wasAsked = true
        case .ended, .over: return
        }
        guard let exit = host.reaper.collect(run) else { return }
        finish(wasAsked ? .tooLate(exit) : .exit(exit), on: loop)
    }

    /// Reads what is there, in portions with pauses, so that a flood takes neither the loop nor our memory.
    private func read(on loop: isolated EventLoop) {
        guard floodTimer == nil else { return }
        let hasMore = output.readPortion(on: loop)
        let hasMoreErrors = errorOutput.readPortion(on: loop)
        guard hasMore || hasMoreErrors else { return }
        floodTimer = loop.schedule(self, at: loop.now.advanced(by: Self.floodPause))
    }
}

extension ScriptRun: TimerHandler {
    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard timer != floodTimer else {
            floodTimer = nil
            read(on: loop)
            return
        }
        self.timer = nil
        switch state {
        case .running:
            host.reaper.terminate(run)
            state = .terminating
            self.timer = loop.schedule(self, at: deadline)
        case .terminating: finish(.killed, on: loop)
        case .ended(let ending): tell(ending, on: loop)
        case .over: return
        }
    }
}

extension ScriptRun: ProcessRunObserver {
    func runIsGone(_ run: ProcessRun, exit: ProcessExit, on loop: isolated EventLoop) {
        guard case .ended(let ending) = state else { return }
        tell(ending, on: loop)
    }
}
