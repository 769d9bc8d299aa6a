// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxRuntime
import Testing

@Suite("Limits and names of this process")
struct ProcessLimitsTests {
    @Test("raising the descriptor limit makes that many descriptors available")
    func raise() async {
        await #expect(processExitsWith: .success) {
            let limit = try DescriptorLimit.raise()
            let highest = CInt(min(limit, 1 << 20) - 1)
            precondition(dup2(0, highest) == highest, "descriptor \(highest) is beyond the limit")
            let again = try DescriptorLimit.raise()
            precondition(again == limit, "the limit changed")
        }
    }

    @Test("core files are forbidden for this process")
    func coreFiles() async {
        await #expect(processExitsWith: .success) {
            try CoreFiles.forbid()
            let limits = try SystemFiles().read("/proc/self/limits", limit: 65_536)
            let line = String(decoding: limits.bytes, as: UTF8.self).split(separator: "\n").first {
                $0.hasPrefix("Max core")
            }
            precondition(line?.split(separator: " ").suffix(3) == ["0", "0", "bytes"], "\(line ?? "no line")")
        }
    }

    @Test("closed standard descriptors are opened, and open ones are kept")
    func standardStreams() async {
        await #expect(processExitsWith: .success) {
            let before = try SystemFiles().metadata(of: "/proc/self/fd/2").identity
            close(0)
            try StandardStreams.open()
            let null = try SystemFiles().metadata(of: "/dev/null").identity
            let input = try SystemFiles().metadata(of: "/proc/self/fd/0").identity
            let errors = try SystemFiles().metadata(of: "/proc/self/fd/2").identity
            precondition(input == null && errors == before, "\(input) \(errors)")
        }
    }

    @Test("the host has the name that the kernel gives it")
    func hostName() throws {
        let file = try SystemFiles().read("/proc/sys/kernel/hostname", limit: 256)
        #expect(Host.name == String(decoding: file.bytes.dropLast(), as: UTF8.self))
    }

    @Test("a variable that is not set has no value")
    func environment() {
        #expect(ProcessEnvironment.value(of: "BELLWETHER_NO_SUCH_VARIABLE") == nil)
        #expect(ProcessEnvironment.value(of: "PATH")?.isEmpty == false)
    }
}
