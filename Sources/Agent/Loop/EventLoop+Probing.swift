// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

extension EventLoop {
    /// Probes until `commands` says stop or ends; everything it makes lives and dies on this loop.
    ///
    /// - Parameters:
    ///   - plan: what is probed.
    ///   - reports: where snapshots and changes go.
    ///   - commands: what the process asks of the loop.
    /// - Throws: why probing cannot begin.
    package func probe(
        _ plan: ProbePlan,
        reports: any ProbeLoopReports,
        commands: AsyncStream<ProbeLoopCommand>
    ) async throws(SystemError) {
        addressRules = plan.settings.addresses
        let factory = try ProberFactory.system(
            spawner: plan.spawner,
            scriptsAtOnce: plan.settings.scriptsAtOnce,
            seed: plan.seed
        )
        let crew = try await ProbingCrew.begin(plan, on: self)
        let runner = ProbeRunner(plan, factory: factory, crew: crew, reports: reports, on: self)
        runner.step(on: self)
        commands: for await command in commands {
            switch command {
            case .replace(let specs, let aggregate, let answer):
                runner.replace(specs: specs, aggregate: aggregate, on: self)
                answer.give()
            case .configuration(let state): runner.note(state, on: self)
            case .admin(let command, let reply): runner.perform(command, reply, on: self)
            case .figures(let bell):
                bell.answer()
                runner.showFigures(on: self)
            case .drain: runner.drain(on: self)
            case .stop: break commands
            }
        }
        runner.stop(on: self)
        await crew?.end(on: self)
        await factory.end(on: self)
    }
}
