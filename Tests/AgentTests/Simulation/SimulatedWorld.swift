// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import SimulatedSystem

/// What the targets of a simulated agent do: each changes its mood every few minutes, all of it decided by one seed.
struct SimulatedWorld: Sendable {
    /// What a target does for a while.
    enum Mood: CaseIterable, Sendable {
        case up, alsoUp, stillUp, slow, refusing, silent, failing, flapping, strange
    }

    let seed: UInt64

    /// The mood of the target called `key` at `now`.
    func mood(of key: String, at now: MonotonicInstant) -> Mood {
        let epoch = now.nanoseconds / 300_000_000_000
        var random = SimulationRandom(seed: seed, stream: "mood of \(key) in \(epoch)")
        return random.pick(Mood.allCases)
    }

    /// A machine in this world.
    func machine(chaos: SimulatedChaos, descriptorLimit: Int = 1_048_576) -> SimulatedMachine {
        SimulatedMachine(
            seed: seed,
            network: SimulatedNetwork { address, now, random in
                switch mood(of: address.description, at: now) {
                case .up, .alsoUp, .stillUp: .accepts(after: .milliseconds(1))
                case .slow: .accepts(after: random.duration(in: .zero ... .seconds(3)))
                case .refusing: .refuses(after: .milliseconds(1))
                case .silent: .drops
                case .failing: .unreachable
                case .flapping: random.chance(0.5) ? .accepts(after: .zero) : .resets(after: .milliseconds(2))
                case .strange: random.pick([.fails(24), .accepts(after: .zero), .refuses(after: .zero)])
                }
            },
            zone: SimulatedZone { name, now, random in
                switch mood(of: name, at: now) {
                case .silent: .never
                case .failing: .fails(.notFound, after: .milliseconds(20))
                case .strange: .fails(.ours, after: .zero)
                case .slow: .addresses(["192.0.2.7"], after: random.duration(in: .zero ... .seconds(2)))
                default: .addresses(["192.0.2.7", "2001:db8::7"], after: .milliseconds(3))
                }
            },
            web: SimulatedWeb { url, now, random in
                if url.address.port == 50_051 { return health(mood(of: url.text, at: now), &random) }
                return switch mood(of: url.text, at: now) {
                case .up, .alsoUp, .stillUp: .answers(200, after: .milliseconds(5), body: "ok")
                case .slow: .answers(200, after: random.duration(in: .zero ... .seconds(3)), body: "ok")
                case .refusing: .refuses(after: .milliseconds(1))
                case .silent: .hangs
                case .failing: .answers(500, after: .milliseconds(5))
                case .flapping: .answers(random.chance(0.5) ? 200 : 503, after: .milliseconds(5), body: "ok")
                case .strange: .answers(200, after: .milliseconds(5), body: "something else")
                }
            },
            programs: SimulatedPrograms { path, now, random in
                switch mood(of: path, at: now) {
                case .up, .alsoUp, .stillUp: .exits(0, after: .milliseconds(30), output: "fine | 'load'=1")
                case .slow: .exits(0, after: random.duration(in: .zero ... .seconds(3)))
                case .refusing: .exits(2, after: .milliseconds(30), output: "CRITICAL")
                case .silent: .hangs(ignoresTerminate: true)
                case .failing: .exits(1, after: .milliseconds(30), output: "WARNING").with { $0.escapees = 2 }
                case .flapping: .exits(random.chance(0.5) ? 0 : 2, after: .milliseconds(30))
                case .strange: .exits(3, after: .milliseconds(30), output: "UNKNOWN")
                }
            },
            chaos: chaos,
            descriptorLimit: descriptorLimit
        )
    }

    /// What a gRPC health service in such a mood does, asked by `Check` or by `Watch`.
    private func health(_ mood: Mood, _ random: inout SimulationRandom) -> SimulatedReply {
        func says(_ statuses: [UInt8], after delay: Duration = .milliseconds(5)) -> SimulatedStream {
            SimulatedStream(
                after: delay,
                headers: [HTTPField(name: "content-type", value: "application/grpc")],
                pieces: statuses.map {
                    .init(after: random.duration(in: .zero ... .seconds(200)), [0, 0, 0, 0, 2, 8, $0])
                }
            )
        }
        let reset = HTTPExchangeFailure(Failure(.reset, "reset"), at: .l7Response)
        switch mood {
        case .up, .alsoUp:
            var stream = says([1])
            (stream.pieces[0].delay, stream.ending) = (
                .zero, .completes(trailers: [HTTPField(name: "grpc-status", value: "0")])
            )
            return .streams(stream)
        case .stillUp: return .streams(says([1, 1, 1]))
        case .slow: return .streams(says([1], after: random.duration(in: .zero ... .seconds(3))))
        case .refusing: return .refuses(after: .milliseconds(1))
        case .silent: return .hangs
        case .failing: return .streams(says([2, 3, 2]))
        case .flapping: return .streams(says([1, 2, 1, 2, 1]))
        case .strange:
            var stream = says([1, 9])
            (stream.pieces[0].delay, stream.ending) = (.zero, .breaks(reset))
            return .streams(stream)
        }
    }

    /// The paths of the programs that `specs` run.
    static func files(of specs: [ProbeSpec]) -> SimulatedFiles {
        SimulatedFiles(
            programs: specs.compactMap { spec in
                guard case .script(let probe) = spec.probe else { return nil }
                return probe.command.first
            }
        )
    }
}
