// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LinuxRuntime

@Suite("ProcessStatus")
struct ProcessStatusTests {
    private static let tail = "1 42 43 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1 0 987654 2500000 200"

    @Test("reads who a process is, whatever its name holds", arguments: ["sh", "a b", ") S 9 9", "x\ny", "(", ""])
    func names(name: String) throws {
        let status = try #require(ProcessStatus(Array("77 (\(name)) S \(Self.tail)\n".utf8)))
        #expect(status.id == ProcessID(77))
        #expect(status.parent == 1)
        #expect(status.session == 43)
        #expect(status.startTime == 987_654)
        #expect(!status.hasEnded)
    }

    @Test("a zombie has ended", arguments: [("Z", true), ("X", true), ("D", false), ("R", false), ("T", false)])
    func states(state: String, hasEnded: Bool) throws {
        let status = try #require(ProcessStatus(Array("77 (x) \(state) \(Self.tail)".utf8)))
        #expect(status.hasEnded == hasEnded)
    }

    @Test(
        "what is not of that form is refused",
        arguments: ["", "77", "77 (x", "77 x) S 1", "x (x) S \(tail)", "-1 (x) S \(tail)", "77 (x) S 1 2 3", ")("]
    )
    func refused(text: String) {
        #expect(ProcessStatus(Array(text.utf8)) == nil)
    }
}
