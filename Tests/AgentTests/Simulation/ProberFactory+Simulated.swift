// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime
import Probers
import SimulatedSystem

@testable import Agent

extension ProberFactory {
    /// A factory whose probers reach nothing but a simulated machine.
    ///
    /// - Parameters:
    ///   - machine: what they reach.
    ///   - files: the programs that scripts may be; none by default.
    ///   - seed: decides what is random in probers.
    convenience init(
        on machine: SimulatedMachine,
        files: SimulatedFiles = SimulatedFiles(programs: []),
        seed: UInt64 = 1
    ) {
        self.init(
            resolver: machine.resolver,
            transport: machine.transport,
            scripts: ScriptHost(
                reaper: ProcessReaper(spawner: machine.spawner, random: machine.kernel.random(for: "markers")),
                files: files,
                user: 0
            ),
            survey: SimulatedSurvey(),
            seed: seed
        )
    }
}
