// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import StateStore

/// Who waits for the outcome of a run; gone without an outcome, it answers that the run was given up.
struct AwaitedOutcome {
    let target: TargetName
    let kind: String
    let isCounted: Bool
    let reply: AdminReply

    func answer(_ outcome: Outcome, at time: WallTime) {
        let probed = ProbedTarget(target: target, kind: kind, outcome: outcome, at: time, counted: isCounted)
        reply.answer(.probed(probed))
    }
}

extension ProbeRunner {
    /// The most probes that are run because somebody asked for them, at one time.
    static let maximumAwaited = 16

    /// Does what an operator asks for, and answers: at once, or a probe when it has ended.
    func perform(_ command: AdminCommand, _ reply: AdminReply, on loop: isolated EventLoop) {
        do throws(AdminRefusal) {
            if let result = try result(of: command, reply, on: loop) { reply.answer(result) }
        } catch {
            reply.answer(.refused(error))
        }
        step(on: loop)
    }

    private func result(
        of command: AdminCommand,
        _ reply: AdminReply,
        on loop: isolated EventLoop
    ) throws(AdminRefusal) -> AdminResult? {
        let moment = loop.moment
        switch command {
        case .history(let name, let since, let limit):
            return .history(try pipeline.history(of: name, since: since, limit: limit))
        case .rolledHistory(let name, let step, let since, let limit):
            try askHistory(of: name, by: step, since: since, limit: limit, reply)
            return nil
        case .probe(let name):
            try probe(name, reply, at: moment, on: loop)
            return nil
        case .breaker(let name, let action, let order):
            return .breaker(try pipeline.act(action, order, on: name, at: moment))
        case .beginMaintenance(let selection, let order):
            let (window, targets) = try pipeline.beginMaintenance(selection, order, at: moment)
            return .maintenance(window, targets: targets)
        case .endMaintenance(let id):
            return .maintenanceEnded(try pipeline.endMaintenance(id, at: moment))
        case .reload:
            throw .unavailable("the probe loop reads no configuration")
        }
    }

    /// Has the store's thread answer: what is on a disk is not waited for here.
    private func askHistory(
        of name: TargetName,
        by step: HistoryStep,
        since: WallTime?,
        limit: Int,
        _ reply: AdminReply
    ) throws(AdminRefusal) {
        guard pipeline.knows(name) else { throw .unknownTarget(name) }
        guard let keeper else {
            throw .invalid(path: "resolution", message: "the agent keeps no state, so no history is stored")
        }
        let since = since ?? WallTime(nanosecondsSinceEpoch: 0)
        keeper.history(of: name, by: step, since: since, limit: limit) { result in
            switch result {
            case .success(let spans):
                reply.answer(.rolledHistory(RolledHistory(target: name, step: step, spans: spans)))
            case .failure(let error): reply.answer(.refused(.unavailable("no stored history: \(error.message)")))
            }
        }
    }

    private func probe(
        _ name: TargetName,
        _ reply: AdminReply,
        at moment: Moment,
        on loop: isolated EventLoop
    ) throws(AdminRefusal) {
        guard awaited.count < Self.maximumAwaited else {
            throw .busy("\(Self.maximumAwaited) probes that were asked for are under way", retryAfter: 1)
        }
        let (start, counts) = try pipeline.startNow(name, at: moment)
        let kind = start.spec.probe.kind
        let waiting = AwaitedOutcome(target: name, kind: kind, isCounted: counts, reply: reply)
        awaited[ProbeRunID(start.run)] = waiting
        self.start(start, on: loop)
    }
}
