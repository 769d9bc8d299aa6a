// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension StatusView {
    /// Adds what every process tells, under the names that Prometheus's client libraries agreed on.
    func writeProcess(_ process: ProcessUsage, to text: inout MetricsText) {
        text.begin(
            "process_cpu_seconds_total",
            .counter,
            "Processor time of the agent, user and system together.",
            unit: "seconds"
        )
        text.sample(.none, seconds: process.processorTime)
        text.begin("process_resident_memory_bytes", .gauge, "Memory of the agent that is in RAM.", unit: "bytes")
        text.sample(.none, process.residentBytes)
        text.begin("process_virtual_memory_bytes", .gauge, "Address space of the agent.", unit: "bytes")
        text.sample(.none, process.virtualBytes)
        text.begin("process_open_fds", .gauge, "Open descriptors of the agent.")
        text.sample(.none, process.openDescriptors)
        if let most = process.maximumDescriptors {
            text.begin("process_max_fds", .gauge, "Most descriptors the agent may open.")
            text.sample(.none, most)
        }
        text.begin("process_start_time_seconds", .gauge, "When the agent started, in Unix time.", unit: "seconds")
        text.sample(.none, seconds: process.startedAt.sinceEpoch)
    }
}
