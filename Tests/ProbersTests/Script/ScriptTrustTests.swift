// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime
import Probers
import Testing

@Suite("ScriptTrust")
struct ScriptTrustTests {
    private typealias Node = InMemoryFiles.Node

    private static func message(_ path: String, _ files: [String: InMemoryFiles.Node]) -> String? {
        ScriptTrust(files: InMemoryFiles(files), user: 500).violation(path: path)?.message
    }

    @Test("a program of root or of the agent's user is trusted", arguments: [0, 500] as [UInt32])
    func trusted(owner: UInt32) {
        #expect(Self.message("/opt/x/check", ["/opt/x/check": Node(owner: owner)]) == nil)
        let directory = Node(kind: .directory, owner: owner, permissions: 0o700)
        #expect(Self.message("/opt/x/check", ["/opt/x/check": Node(), "/opt/x": directory]) == nil)
    }

    @Test(
        "a program that others can change is not",
        arguments: [
            (501, 0o755, "/x/check belongs to user 501, not to root or the agent's user"),
            (0, 0o775, "/x/check can be changed by others than its owner (mode 0775)"),
            (0, 0o757, "/x/check can be changed by others than its owner (mode 0757)"),
        ] as [(UInt32, UInt32, String)]
    )
    func changeable(owner: UInt32, permissions: UInt32, message: String) {
        #expect(Self.message("/x/check", ["/x/check": Node(owner: owner, permissions: permissions)]) == message)
    }

    @Test(
        "a program in a directory that others can change is not",
        arguments: [
            ("/a/b", 501, 0o755, "the directory /a/b belongs to user 501, not to root or the agent's user"),
            ("/a/b", 0, 0o775, "the directory /a/b can be changed by others than its owner (mode 0775)"),
            ("/a/b", 0, 0o1777, "the directory /a/b can be changed by others than its owner (mode 1777)"),
            ("/a", 0, 0o777, "the directory /a can be changed by others than its owner (mode 0777)"),
            ("/a", 0, 0o1777, nil),
            ("/", 501, 0o755, "the directory / belongs to user 501, not to root or the agent's user"),
        ] as [(String, UInt32, UInt32, String?)]
    )
    func directory(path: String, owner: UInt32, permissions: UInt32, message: String?) {
        let directory = Node(kind: .directory, owner: owner, permissions: permissions)
        #expect(Self.message("/a/b/check", ["/a/b/check": Node(), path: directory]) == message)
    }

    @Test("both the directories of a symbolic link and those that it leads to are looked at")
    func links() {
        let bad = Node(kind: .directory, permissions: 0o777)
        let link = Node(link: "/real/dir/check")
        let files = ["/real/dir/check": Node(), "/links/check": link]
        #expect(Self.message("/links/check", files) == nil)
        for directory in ["/links", "/real", "/real/dir"] {
            let changed = files.merging([directory: bad]) { $1 }
            #expect(
                Self.message("/links/check", changed)?.hasPrefix("the directory \(directory) can be changed") == true
            )
        }
    }

    @Test("what is no file, is not there or has no absolute path is refused with words that say so")
    func unusable() {
        let directory = ["/x": Node(kind: .directory)]
        #expect(Self.message("/x", directory) == "/x is a directory, not a program")
        #expect(Self.message("/y", directory) == "cannot run /y: No such file or directory")
        #expect(Self.message("check", directory) == "check is not an absolute path")
    }
}
