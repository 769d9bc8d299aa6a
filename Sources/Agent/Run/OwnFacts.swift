// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Synchronization

/// What the agent tells of itself in metrics; may be asked from any thread.
final class OwnFacts: Sendable {
    private let kernel: SystemKernel
    private let usage: ProcessUsageReader
    private let configuration: Mutex<ConfigurationState>

    init(kernel: SystemKernel) {
        self.kernel = kernel
        usage = ProcessUsageReader(kernel: kernel)
        configuration = Mutex(ConfigurationState(acceptedAt: kernel.wallTime))
    }

    /// A new configuration was read and accepted just now.
    func accepted() -> ConfigurationState {
        let now = kernel.wallTime
        return change { state in
            state.acceptedAt = now
            state.refusal = nil
        }
    }

    /// A new configuration was refused; the old one stays in force.
    ///
    /// - Parameter problems: what is wrong with it, a line each.
    /// - Returns: what is to be shown now.
    func rejected(_ problems: [String]) -> ConfigurationState {
        let refusal = ConfigurationState.Refusal(at: kernel.wallTime, problems: problems)
        return change { $0.refusal = refusal }
    }

    /// How changes of the configuration's files are noticed from now on.
    func noticing(_ noticing: ConfigurationState.Noticing) -> ConfigurationState {
        change { $0.noticing = noticing }
    }

    private func change(_ body: (inout ConfigurationState) -> Void) -> ConfigurationState {
        configuration.withLock { state in
            body(&state)
            return state
        }
    }

    /// Everything, read now.
    func read() -> AgentFacts {
        AgentFacts(process: usage.read(), configuration: configuration.withLock { $0 })
    }
}
