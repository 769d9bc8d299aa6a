// SPDX-License-Identifier: Apache-2.0

package import LinuxRuntime

/// A whole simulated system on one seed: kernel, names, HTTP servers and programs.
package struct SimulatedMachine: Sendable {
    package let kernel: SimulatedKernel
    package let resolver: SimulatedResolver
    package let transport: SimulatedTransport
    package let spawner: SimulatedSpawner
    /// On the kernel, not running yet.
    package let loop: EventLoop

    /// - Parameters:
    ///   - seed: decides everything that is drawn.
    ///   - network: what becomes of connection attempts.
    ///   - zone: what names resolve to.
    ///   - web: what HTTP servers do.
    ///   - programs: how programs go.
    ///   - chaos: how much is disturbed.
    ///   - descriptorLimit: how many descriptors may be open at once.
    package init(
        seed: UInt64 = 0,
        network: SimulatedNetwork = .always(.accepts(after: .milliseconds(1))),
        zone: SimulatedZone = .always(.addresses(["192.0.2.1"], after: .zero)),
        web: SimulatedWeb = .always(.answers(200, after: .milliseconds(1))),
        programs: SimulatedPrograms = .always(.exits(0, after: .milliseconds(1))),
        chaos: SimulatedChaos = .none,
        descriptorLimit: Int = 1_048_576
    ) {
        kernel = SimulatedKernel(seed: seed, network: network, chaos: chaos, descriptorLimit: descriptorLimit)
        resolver = SimulatedResolver(kernel, zone: zone)
        transport = SimulatedTransport(kernel, web: web)
        spawner = SimulatedSpawner(kernel, programs: programs)
        loop = EventLoop(kernel: kernel)
    }

    /// What a stopped agent should not have left, a line each: descriptors, processes, exchanges.
    package var leaks: [String] {
        let tally = transport.tally
        return kernel.openDescriptors.map { "descriptor \($0)" }
            + spawner.processes.map { "process \($0)" }
            + (tally.underWay == 0 ? [] : ["\(tally.underWay) exchanges under way"])
            + (tally.prepared == tally.closed ? [] : ["\(tally.prepared - tally.closed) requests not closed"])
    }
}
