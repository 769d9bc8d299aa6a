// SPDX-License-Identifier: Apache-2.0

import HealthModel
import HealthServer
import LinuxRuntime
import Probers

/// Does on a probing loop what the first loop orders: makes probers, starts their runs, and reports what comes of them.
///
/// It decides nothing but whether the loop itself was late, which only it can tell.
final class ProbingWorker: DescriptorHandler, TimerHandler, ProbeObserver {
    /// Most runs that are begun in one turn of the loop, as with the first loop; the rest wait, and with them their time.
    private static let startsPerTurn = ProbeRunner.startsPerTurn
    /// How often it gives a sign of life when nothing else happens.
    private static let beat = Duration.milliseconds(500)
    /// So often are the files that probes name asked for problems.
    private static let beatsPerFileCheck = 10

    private final class Entry {
        let number: ProberNumber
        let prober: any Prober
        /// The run under way, and the time that it had when it was handed out and when it began.
        var run: ProbeRunID?
        var timeout = Duration.zero
        var delay = Duration.zero
        /// Whether it spoke up by itself since its last start; once is enough, and bounds the mailbox.
        var hasSpoken = false

        init(_ number: ProberNumber, _ prober: any Prober) {
            self.number = number
            self.prober = prober
        }
    }

    private let post: ProbingPost
    private let factory: ProberFactory
    private var entries: [ProberNumber: Entry] = [:]
    /// The same by the probers' identity, for those that speak up by themselves.
    private var speakers: [ObjectIdentifier: Entry] = [:]
    private var running: [ProbeRunID: Entry] = [:]
    private var batch: [ProbingOrder] = []
    private var waiting = WaitingStarts()
    private var timer: TimerID?
    /// Fires in the next turn while runs wait.
    private var startTimer: TimerID?
    private var beats = 0
    private var fileProblems: [String] = []
    /// Resumed when the order to end came.
    private var ending: CheckedContinuation<Void, Never>?

    init(_ post: ProbingPost, factory: ProberFactory) {
        self.post = post
        self.factory = factory
    }

    /// Begins to take orders.
    ///
    /// - Throws: why the mailbox cannot be watched.
    func begin(on loop: isolated EventLoop) throws(SystemError) {
        try loop.watch(post.orders.signal, self)
        scheduleBeat(on: loop)
    }

    /// Waits for the order to end; every prober is stopped then.
    func untilEnd(on loop: isolated EventLoop) async {
        await withCheckedContinuation(isolation: loop) { ending = $0 }
    }

    func ready(_ descriptor: CInt, _ events: Readiness.Events, on loop: isolated EventLoop) {
        post.orders.take(into: &batch)
        post.pulse.beat(at: loop.now)
        for order in batch { perform(order, on: loop) }
        batch.removeAll(keepingCapacity: true)
        if startTimer == nil { beginWaiting(on: loop) }
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        post.pulse.beat(at: loop.now)
        guard timer != startTimer else {
            startTimer = nil
            return beginWaiting(on: loop)
        }
        beats += 1
        if beats % Self.beatsPerFileCheck == 0, factory.fileProblems != fileProblems {
            fileProblems = factory.fileProblems
            post.reports.post(.files(fileProblems))
        }
        scheduleBeat(on: loop)
    }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        guard let entry = running.removeValue(forKey: run) else { return }
        entry.run = nil
        let judged = outcome.judged(timeout: entry.timeout).relieved(of: loop.stalled(since: outcome.startedAt))
        post.reports.post(.finished(entry.number, run, judged, delay: entry.delay))
    }

    func outdated(_ prober: any Prober, on loop: isolated EventLoop) {
        guard let entry = speakers[ObjectIdentifier(prober)], !entry.hasSpoken else { return }
        entry.hasSpoken = true
        post.reports.post(.outdated(entry.number))
    }

    private func perform(_ order: ProbingOrder, on loop: isolated EventLoop) {
        switch order {
        case .make(let number, let spec):
            let prober = factory.prober(for: spec, on: loop)
            let entry = Entry(number, prober)
            entries[number] = entry
            speakers[ObjectIdentifier(prober)] = entry
        case .start(let number, let run, let asked, let deadline):
            waiting.append(WaitingStart(number: number, run: run, asked: asked, timeout: asked.duration(to: deadline)))
        case .stop(let number):
            if let entry = entries.removeValue(forKey: number) { stop(entry, on: loop) }
        case .end: end(on: loop)
        }
    }

    /// Begins runs that wait, as many as a turn may.
    private func beginWaiting(on loop: isolated EventLoop) {
        var begun = 0
        while begun < Self.startsPerTurn, let start = waiting.takeFirst() {
            // Its prober may have been stopped meanwhile.
            guard let entry = entries[start.number] else { continue }
            begin(start, entry, on: loop)
            begun += 1
        }
        if !waiting.isEmpty { startTimer = loop.schedule(self, at: loop.now) }
    }

    private func begin(_ start: WaitingStart, _ entry: Entry, on loop: isolated EventLoop) {
        precondition(entry.run == nil, "run \(start.run.number) of a prober that has one under way")
        // Read anew: those that began before this one took their time.
        let now = loop.kernel.now
        entry.run = start.run
        entry.hasSpoken = false
        entry.timeout = start.timeout
        entry.delay = max(.zero, start.asked.duration(to: now))
        running[start.run] = entry
        entry.prober.start(start.run, deadline: now.advanced(by: start.timeout), for: self, on: loop)
    }

    private func stop(_ entry: Entry, on loop: isolated EventLoop) {
        speakers[ObjectIdentifier(entry.prober)] = nil
        if let run = entry.run { running[run] = nil }
        entry.prober.stop(on: loop)
    }

    private func end(on loop: isolated EventLoop) {
        loop.unwatch(post.orders.signal)
        if let timer { loop.cancel(timer) }
        timer = nil
        if let startTimer { loop.cancel(startTimer) }
        startTimer = nil
        running.removeAll()
        // In the order in which they were made, as everything that can be seen from outside happens in one order.
        for entry in entries.values.sorted(by: { $0.number.number < $1.number.number }) { stop(entry, on: loop) }
        entries.removeAll()
        ending?.resume()
        ending = nil
    }

    private func scheduleBeat(on loop: isolated EventLoop) {
        timer = loop.schedule(self, at: loop.now.advanced(by: Self.beat))
    }
}

extension EventLoop {
    /// Probes what the first loop orders, until it orders the end.
    ///
    /// - Parameters:
    ///   - post: the way from and to the first loop.
    ///   - rules: which addresses may not be connected to.
    ///   - spawner: what a factory needs.
    ///   - seed: decides what is random in probers.
    ///   - begun: told once that orders are taken, or why they cannot be.
    func probe(
        by post: ProbingPost,
        under rules: AddressRules,
        spawner: any ProcessSpawner,
        seed: UInt64,
        begun: CheckedContinuation<SystemError?, Never>
    ) async {
        addressRules = rules
        let factory: ProberFactory
        let worker: ProbingWorker
        do throws(SystemError) {
            // It runs no script.
            factory = try ProberFactory.system(spawner: spawner, scriptsAtOnce: 1, seed: seed)
            worker = ProbingWorker(post, factory: factory)
            try worker.begin(on: self)
        } catch {
            return begun.resume(returning: error)
        }
        begun.resume(returning: nil)
        await worker.untilEnd(on: self)
        await factory.end(on: self)
        post.reports.post(.ended)
    }
}
