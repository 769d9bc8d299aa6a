// SPDX-License-Identifier: Apache-2.0

/// What the agent's own process uses, as the kernel counts it.
package struct ProcessUsage: Hashable, Sendable {
    /// Processor time of all threads, user and system together.
    package var processorTime: Duration
    /// Memory that is in RAM, in bytes.
    package var residentBytes: UInt64
    /// Address space, in bytes.
    package var virtualBytes: UInt64
    /// Open descriptors.
    package var openDescriptors: Int
    /// Most descriptors it may open; nil when there is no limit.
    package var maximumDescriptors: UInt64?
    /// When it started.
    package var startedAt: WallTime

    package init(
        processorTime: Duration,
        residentBytes: UInt64,
        virtualBytes: UInt64,
        openDescriptors: Int,
        maximumDescriptors: UInt64?,
        startedAt: WallTime
    ) {
        self.processorTime = processorTime
        self.residentBytes = residentBytes
        self.virtualBytes = virtualBytes
        self.openDescriptors = openDescriptors
        self.maximumDescriptors = maximumDescriptors
        self.startedAt = startedAt
    }
}

/// What the agent knows about itself besides its probes.
package struct AgentFacts: Hashable, Sendable {
    /// nil where the kernel does not tell.
    package var process: ProcessUsage?
    /// nil where no configuration was read.
    package var configuration: ConfigurationState?
    /// nil where nothing is served.
    package var server: ServerCounters?

    package init(
        process: ProcessUsage? = nil,
        configuration: ConfigurationState? = nil,
        server: ServerCounters? = nil
    ) {
        self.process = process
        self.configuration = configuration
        self.server = server
    }
}
