// SPDX-License-Identifier: Apache-2.0

import HealthModel
import SimulatedSystem

extension SimulatedWorld {
    /// Targets of every kind, with intervals, timeouts, impacts and breakers drawn from the seed.
    func specs(_ count: Int) throws -> [ProbeSpec] {
        var random = SimulationRandom(seed: seed, stream: "specs")
        return try (0..<count).map { number in
            let probe: Probe =
                switch number % 6 {
                case 0:
                    .http(HTTPProbe(url: try HTTPURL("http://web\(number).test/"), expect: .init(bodyContains: ["ok"])))
                case 1: .tcp(TCPProbe(address: try HostPort("10.0.0.\(number + 1):5432")))
                case 2: .tcp(TCPProbe(address: try HostPort("db\(number).test:5432")))
                case 3: .grpc(GRPCProbe(address: try HostPort("grpc\(number).test:50051"), mode: .watch))
                case 4: .grpc(GRPCProbe(address: try HostPort("10.0.1.\(number + 1):50051")))
                default: .script(ScriptProbe(command: ["/check/\(number)"]))
                }
            guard let name = TargetName("target-\(number)") else { preconditionFailure("a legal name was refused") }
            let interval = random.duration(in: .seconds(20)...(.seconds(180)))
            return ProbeSpec(
                name: name,
                probe: probe,
                interval: interval,
                timeout: random.duration(in: .milliseconds(500)...(.seconds(5))),
                jitter: random.pick([0, 0.1, 0.3]),
                impact: random.pick(Impact.allCases),
                breaker: BreakerPolicy(
                    failureThreshold: random.pick([1, 2, 3]),
                    successThreshold: random.pick([1, 2]),
                    halfOpenInterval: random.duration(in: .seconds(1)...(.seconds(5))),
                    openDuration: random.duration(in: .seconds(5)...(.seconds(30))),
                    whileOpen: random.pick(BreakerPolicy.WhileOpen.allCases)
                )
            )
        }
    }
}
