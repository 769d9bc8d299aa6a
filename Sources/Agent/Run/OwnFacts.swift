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
    func accepted() {
        let now = kernel.wallTime
        configuration.withLock { $0 = ConfigurationState(acceptedAt: now) }
    }

    /// A new configuration was refused; the old one stays in force.
    func rejected() {
        configuration.withLock { $0.isValid = false }
    }

    /// Everything, read now.
    func read() -> AgentFacts {
        AgentFacts(process: usage.read(), configuration: configuration.withLock { $0 })
    }
}
