// SPDX-License-Identifier: Apache-2.0

import HealthModel
import HealthServer
import LinuxRuntime
import Probers

/// The first loop's end of the way to one probing loop: its thread, its mailboxes, and who waits for its reports.
final class ProbingLink: DescriptorHandler {
    let loop: EventLoop
    private let post: ProbingPost
    private var thread: LoopThread?
    private var probers: [ProberNumber: DistantProber] = [:]
    private var batch: [ProbingReport] = []
    /// Is told when the loop has ended.
    private var ended: (() -> Void)?
    /// What is wrong with files that probes of the loop name, a line each.
    private(set) var fileProblems: [String] = []
    private(set) var hasEnded = false

    /// Opens what a probing loop needs; nothing runs yet.
    ///
    /// - Parameter descriptors: how many its probes may hold together.
    /// - Throws: why descriptors for the loop itself cannot be had.
    init(descriptors: Int) throws(SystemError) {
        let kernel = try SystemKernel()
        loop = EventLoop(kernel: kernel, descriptorLimit: descriptors)
        post = try ProbingPost(at: kernel.now)
    }

    /// The loop's last sign of life.
    var lastBeat: MonotonicInstant { post.pulse.last }

    /// Starts the loop's thread, and waits until orders are taken there.
    ///
    /// - Parameters:
    ///   - plan: what holds for all probes.
    ///   - number: the loop's number, from 1 on.
    ///   - first: the first loop.
    /// - Throws: why it cannot; nothing is left then.
    func begin(_ plan: ProbePlan, number: Int, on first: isolated EventLoop) async throws(SystemError) {
        try first.watch(post.reports.signal, self)
        var error: SystemError?
        do throws(SystemError) {
            thread = try LoopThread(running: loop, name: "probes-\(number + 1)")
            // Another for each loop, so that no two probers draw the same.
            let seed = plan.seed &+ UInt64(number) << 32
            error = await withCheckedContinuation(isolation: first) { begun in
                // Owned by this link: it ends with the order to end, which `end` waits for.
                Task { [loop, post, spawner = plan.spawner, rules = plan.settings.addresses] in
                    await loop.probe(by: post, under: rules, spawner: spawner, seed: seed, begun: begun)
                }
            }
        } catch let thrown {
            error = thrown
        }
        guard let error else { return }
        leave(on: first)
        throw error
    }

    /// Adds a prober of a target.
    func prober(for spec: ProbeSpec, number: ProberNumber) -> any Prober {
        let prober = DistantProber(number, of: spec, over: self)
        probers[number] = prober
        return prober
    }

    func send(_ order: ProbingOrder) { post.orders.post(order) }

    func forget(_ prober: DistantProber) { probers[prober.number] = nil }

    /// Orders the end; `ended` is told when everything of the loop but its thread is gone.
    func end(_ ended: @escaping () -> Void) {
        self.ended = ended
        send(.end)
    }

    /// Stops the loop's thread, where it has ended, and forgets it; one that hangs is left to the end of the process.
    func leave(on first: isolated EventLoop) {
        first.unwatch(post.reports.signal)
        probers.removeAll()
        ended = nil
        guard let thread = thread.take() else { return }
        thread.stopAndJoin()
    }

    func ready(_ descriptor: CInt, _ events: Readiness.Events, on first: isolated EventLoop) {
        post.reports.take(into: &batch)
        for report in batch { take(report, on: first) }
        batch.removeAll(keepingCapacity: true)
    }

    private func take(_ report: ProbingReport, on first: isolated EventLoop) {
        switch report {
        // Who is not there any more was stopped meanwhile.
        case .finished(let number, let run, let outcome, let delay):
            probers[number]?.finished(run, with: outcome, delay: delay, on: first)
        case .outdated(let number): probers[number]?.outdated(on: first)
        case .files(let problems): fileProblems = problems
        case .ended:
            hasEnded = true
            ended?()
            ended = nil
        }
    }
}
