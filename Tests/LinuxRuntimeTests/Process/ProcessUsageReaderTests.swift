// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import Testing

@testable import LinuxRuntime

@Suite("What this process uses")
struct ProcessUsageReaderTests {
    @Test("the numbers are those of this process")
    func own() throws {
        let kernel = try SystemKernel()
        let reader = ProcessUsageReader(kernel: kernel)
        let usage = try #require(reader.read())
        #expect(usage.processorTime > .zero)
        #expect(usage.residentBytes > 1 << 20)
        #expect(usage.virtualBytes >= usage.residentBytes)
        #expect(usage.openDescriptors >= 3)
        #expect(usage.maximumDescriptors ?? .max >= UInt64(usage.openDescriptors))
        let age = usage.startedAt.nanosecondsSinceEpoch.distance(to: kernel.wallTime.nanosecondsSinceEpoch)
        #expect((0...86_400_000_000_000).contains(age), "started within the last day, not in the future")
    }

    @Test("an opened descriptor is counted")
    func descriptors() throws {
        let reader = ProcessUsageReader(kernel: try SystemKernel())
        let held = (0..<500).map { _ in open("/dev/null", O_RDONLY) }
        defer { for descriptor in held { close(descriptor) } }
        let usage = try #require(reader.read())
        #expect(usage.openDescriptors >= 500)
    }

    @Test("where /proc does not tell, nothing is told")
    func missing() throws {
        #expect(ProcessUsageReader(kernel: try SystemKernel(), directory: "/no/such/folder").read() == nil)
    }
}
