// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime
import SimulatedSystem
import Testing

@Suite("LocalAccounts")
struct LocalAccountsTests {
    private let accounts = LocalAccounts(
        files: SimulatedFiles([
            "/etc/passwd": Array("root:x:0:0:root:/root:/bin/sh\nbroken\nmonitor:x:107:112::/:/bin/false\n".utf8),
            "/etc/group": Array("root:x:0:\nadm:x:4:syslog,monitor\nmonitor:x:112:\nodd:x:y:monitor\n".utf8),
        ])
    )

    @Test("a user has its number, its own group, and every group that lists it", arguments: ["monitor", "107"])
    func named(name: String) throws {
        #expect(try accounts.account(name) == UserAccount(user: 107, group: 112, groups: [4, 112]))
    }

    @Test("a number without an entry stands for itself")
    func number() throws {
        #expect(try accounts.account("4711") == UserAccount(user: 4_711, group: 4_711, groups: [4_711]))
    }

    @Test("a name without an entry is told as such", arguments: ["nobody", "broken", "99999999999"])
    func missing(name: String) {
        #expect(throws: AccountProblem(message: "there is no local user \(name)")) { try accounts.account(name) }
    }

    @Test("without the file nothing is known")
    func unreadable() {
        let accounts = LocalAccounts(files: SimulatedFiles([:]))
        #expect(throws: AccountProblem.self) { try accounts.account("monitor") }
    }
}
