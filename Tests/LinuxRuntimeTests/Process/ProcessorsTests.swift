// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import LinuxRuntime

@Suite("Processors")
struct ProcessorsTests {
    @Test("there is one at least, and no more than the machine has")
    func available() {
        #expect((1...max(1, sysconf(CInt(_SC_NPROCESSORS_CONF)))).contains(Processors.available))
    }

    @Test(
        "the quota of the group and of those above it is rounded down to whole processors, one at least",
        arguments: [
            ("300000 100000", "max 100000", 3), ("max 100000", "250000 100000", 2),
            ("400000 100000", "150000 100000", 1), ("10000 100000", "max 100000", 1), ("max 100000", "max 100000", nil),
            ("nonsense", "0 0", nil),
        ] as [(String, String, Int?)]
    )
    func quota(inner: String, outer: String, expected: Int?) throws {
        let folder = try TemporaryFolder()
        let groups = try folder.write("groups", "1:cpu:/x\n0::/a/b\n".utf8)
        try folder.write("a/b/cpu.max", "\(inner)\n".utf8)
        try folder.write("a/cpu.max", "\(outer)\n".utf8)
        #expect(Processors.quota(groups: groups, root: folder.path) == expected)
    }

    @Test("without a group of version 2, or without files, there is no quota")
    func none() throws {
        let folder = try TemporaryFolder()
        let groups = try folder.write("groups", "1:cpu:/x\n".utf8)
        #expect(Processors.quota(groups: groups, root: folder.path) == nil)
        #expect(Processors.quota(groups: folder("absent"), root: folder.path) == nil)
    }
}
