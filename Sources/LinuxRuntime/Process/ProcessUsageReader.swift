// SPDX-License-Identifier: Apache-2.0

import Glibc
package import HealthModel

/// Reads what the kernel counts of this process (proc(5)).
package struct ProcessUsageReader: Sendable {
    private let files: any FileLayer
    private let directory: String
    /// When the process started; read once, because it does not change.
    private let startedAt: WallTime

    /// Most descriptors that are counted.
    private static let descriptorLimit = 1 << 20

    /// - Parameters:
    ///   - kernel: whose clocks tell when the process started.
    ///   - files: the file system.
    ///   - directory: the process's folder.
    package init(
        kernel: some Kernel,
        files: any FileLayer = SystemFiles(),
        directory: String = "/proc/self"
    ) {
        self.files = files
        self.directory = directory
        let wall = kernel.wallTime
        let ticks = (try? files.read("\(directory)/stat", limit: 4_096)).flatMap { ProcessStatus($0.bytes)?.startTime }
        guard let ticks, ticks <= UInt64(Int64.max / 1_000_000_000) else {
            startedAt = wall
            return
        }
        let perSecond = max(1, Int64(sysconf(Int32(_SC_CLK_TCK))))
        let sinceBoot = Duration.nanoseconds(Int64(ticks) * 1_000_000_000 / perSecond)
        let age = MonotonicInstant(nanoseconds: 0).advanced(by: sinceBoot).duration(to: kernel.now)
        startedAt = wall.advanced(by: .zero - age)
    }

    /// What the process uses now; nil where /proc does not tell.
    ///
    /// Linear in the number of open descriptors, so it is not for an event loop.
    package func read() -> ProcessUsage? {
        guard let memory = try? files.read("\(directory)/statm", limit: 4_096),
            let descriptors = try? files.entries(of: "\(directory)/fd", limit: Self.descriptorLimit)
        else { return nil }
        let pages = memory.bytes.split(separator: UInt8(ascii: " ")).prefix(2).map {
            UInt64(String(decoding: $0, as: UTF8.self)) ?? 0
        }
        guard pages.count == 2 else { return nil }
        let pageSize = UInt64(max(1, sysconf(Int32(_SC_PAGESIZE))))
        return ProcessUsage(
            processorTime: processorTime,
            residentBytes: pages[1].multipliedReportingOverflow(by: pageSize).partialValue,
            virtualBytes: pages[0].multipliedReportingOverflow(by: pageSize).partialValue,
            // Without the one that the folder is read through.
            openDescriptors: max(0, descriptors.count - 1),
            maximumDescriptors: maximumDescriptors,
            startedAt: startedAt
        )
    }

    private var processorTime: Duration {
        var time = timespec()
        // unsafe: the time is written into a local value.
        guard unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return .zero }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private var maximumDescriptors: UInt64? {
        var limit = rlimit()
        // unsafe: the limit is written into a local value.
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return limit.rlim_cur == rlim_t.max ? nil : UInt64(limit.rlim_cur)
    }
}
