// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers

/// The probing loops besides the first one, and which target is with which.
///
/// The first loop decides everything, as if it were alone; probers of the others are proxies to it (``DistantProber``). So what is known
/// about targets is in one place and needs no lock, and what takes the time of a processor, the probes themselves, is spread.
final class ProbingCrew {
    /// How long the end waits for the probing loops.
    private static let patience = Duration.seconds(3)

    let links: [ProbingLink]
    private var placement: LoopPlacement
    private var lastNumber: UInt64 = 0
    private var ending: CheckedContinuation<Void, Never>?

    private init(_ links: [ProbingLink], descriptors: Int) {
        self.links = links
        placement = LoopPlacement(loops: links.count + 1, descriptors: descriptors)
    }

    /// Starts the loops that `plan` wants besides the first.
    ///
    /// - Returns: them; nil when it wants none.
    /// - Throws: why they cannot be had; none runs then.
    static func begin(_ plan: ProbePlan, on first: isolated EventLoop) async throws(SystemError) -> ProbingCrew? {
        guard plan.loops > 1 else { return nil }
        var links: [ProbingLink] = []
        do throws(SystemError) {
            for number in 1..<plan.loops {
                let link = try ProbingLink(descriptors: first.budget.limit)
                try await link.begin(plan, number: number, on: first)
                links.append(link)
            }
        } catch {
            await ProbingCrew(links, descriptors: first.budget.limit).end(on: first)
            throw error
        }
        return ProbingCrew(links, descriptors: first.budget.limit)
    }

    /// What is wrong with files that probes of these loops name, a line each.
    var fileProblems: [String] { links.flatMap(\.fileProblems) }

    /// The oldest of the loops' last signs of life, and of the first loop's: now.
    func oldestBeat(at now: MonotonicInstant) -> MonotonicInstant {
        links.reduce(now) { min($0, $1.lastBeat) }
    }

    /// Places a target, and makes its prober where that is another loop than the first; nil = the first one's.
    func prober(for spec: ProbeSpec) -> (any Prober)? {
        let loop = placement.place(spec)
        guard loop > 0 else { return nil }
        lastNumber += 1
        return links[loop - 1].prober(for: spec, number: ProberNumber(number: lastNumber))
    }

    /// Forgets where a target was; its prober is stopped by whoever has it.
    func remove(_ name: TargetName) {
        placement.remove(name)
    }

    /// Ends all loops, which stop what runs on them, and joins their threads; a loop that hangs is not waited for without end.
    func end(on first: isolated EventLoop) async {
        guard !links.isEmpty else { return }
        let limit = first.schedule(at: first.kernel.now.advanced(by: Self.patience)) { self.stopWaiting() }
        await withCheckedContinuation(isolation: first) { continuation in
            ending = continuation
            for link in links {
                link.end { if self.links.allSatisfy(\.hasEnded) { self.stopWaiting() } }
            }
        }
        first.cancel(limit)
        for link in links where link.hasEnded { link.leave(on: first) }
    }

    private func stopWaiting() {
        ending?.resume()
        ending = nil
    }
}
