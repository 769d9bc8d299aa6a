// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import SimulatedSystem
import Synchronization

/// A simulated machine whose peers and names a test scripts one by one.
struct Simulation: Sendable {
    let machine: SimulatedMachine
    let loop: EventLoop
    private let script: Script

    private final class Script: Sendable {
        struct State {
            var peers: [SocketAddress: SimulatedConnection] = [:]
            var others = SimulatedConnection.unreachable
            var names: [String: SimulatedResolution] = [:]
            var attempts = 0
        }

        let state = Mutex(State())
    }

    /// - Parameters:
    ///   - seed: decides all that is left to chance.
    ///   - chaos: how much is disturbed.
    ///   - descriptorLimit: how many descriptors the kernel gives.
    ///   - descriptorBudget: how many of them probes may hold.
    init(
        seed: UInt64,
        chaos: SimulatedChaos = .none,
        descriptorLimit: Int = 1_000_000,
        descriptorBudget: Int = 1_000_000
    ) {
        let script = Script()
        self.script = script
        machine = SimulatedMachine(
            seed: seed,
            network: SimulatedNetwork { address, _, _ in
                script.state.withLock { state in
                    state.attempts += 1
                    return state.peers[address] ?? state.others
                }
            },
            zone: SimulatedZone { name, _, _ in
                script.state.withLock { $0.names[name] } ?? .fails(.notFound, after: .zero)
            },
            chaos: chaos,
            descriptorLimit: descriptorLimit
        )
        loop = EventLoop(kernel: machine.kernel, descriptorLimit: descriptorBudget)
    }

    var kernel: SimulatedKernel { machine.kernel }
    var resolver: SimulatedResolver { machine.resolver }

    /// How many connections were tried.
    var attempts: Int { script.state.withLock { $0.attempts } }

    /// Scripts what becomes of attempts to reach `host`, port 80.
    func peer(_ host: String, _ connection: SimulatedConnection) {
        script.state.withLock { $0.peers[.at(host)] = connection }
    }

    /// Scripts what becomes of all other attempts.
    func otherPeers(_ connection: SimulatedConnection) {
        script.state.withLock { $0.others = connection }
    }

    /// Scripts what a name resolves to.
    func name(_ name: String, _ resolution: SimulatedResolution) {
        script.state.withLock { $0.names[name] = resolution }
    }

    /// Runs `body` on the loop now, then lets `duration` pass.
    func run(_ duration: Duration, _ body: @escaping @Sendable (isolated EventLoop) -> Void = { _ in }) {
        loop.simulate(duration) { loop in body(loop) }
    }

    /// Descriptors that probes hold.
    var budgetHeld: Int {
        let box = Box()
        run(.zero) { loop in box.held.withLock { $0 = loop.budget.held } }
        return box.held.withLock { $0 }
    }

    private final class Box: Sendable {
        let held = Mutex(-1)
    }
}

extension SocketAddress {
    /// The numeric address `host` with port 80.
    static func at(_ host: String) -> SocketAddress {
        guard let address = SocketAddress(numeric: host, port: 80) else {
            preconditionFailure("\(host) is not numeric")
        }
        return address
    }
}
