// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// What a real keepalived makes of the agent of its own machine; it needs root for a network of its own.
@Suite("keepalived", .installed(.keepalived), .enabled(if: getuid() == 0, "needs root"))
struct KeepalivedTests {
    @Test("the address is held while the agent is ready, given up when it is not, and before the agent ends")
    func heldAndGivenUp() throws {
        let site = Site()
        let host = try Host(of: site, number: 11)
        let folder = TemporaryFolder()
        let configuration = try Snippet(.keepalived).with([
            "/run/bellwether/admin.sock": host.agent.socket, "script_user bellwether": "script_user root",
            "interval 2": "interval 1", "advert_int 1": "advert_int 0.1", "eth0": "veth0",
            // Only version 3 of VRRP knows shorter times than a second.
            "enable_script_security": "enable_script_security\n  vrrp_version 3",
        ])
        let file = folder.write(configuration, to: "keepalived.conf")
        let network = [
            "ip link set lo up", "ip link add veth0 type veth peer name veth1", "ip link set veth1 up",
            "ip link set veth0 up", "ip addr add 10.0.0.11/24 dev veth0",
        ].joined(separator: " && ")
        let program = try Consumer.keepalived.required()
        let files = "-p \(folder.path)/pid -r \(folder.path)/vrrp.pid"
        let keepalived = ChildProcess(
            [
                "unshare", "-n", "sh", "-c",
                "\(network) && exec \(program) --dont-fork --vrrp --log-console -f \(file) \(files)",
            ],
            in: folder,
            name: "keepalived"
        )
        // It has a child, which it ends itself.
        defer {
            keepalived.send(SIGTERM)
            _ = keepalived.waitForExit()
        }
        /// Waits until its last word on its state is this.
        func waits(for state: String) {
            var log = ""
            let found = Deadline().wait { () -> Bool? in
                log = keepalived.output + keepalived.errors
                let states = log.lowercased().split(separator: "\n").filter { $0.contains("entering ") }
                return states.last?.contains("entering \(state) state") == true ? true : nil
            }
            if found == nil { Issue.record("not \(state): \(log)") }
        }
        waits(for: "master")
        host.cache.goDown()
        #expect(host.agent.waits(for: 200, with: "x-envoy-degraded"))
        waits(for: "master")
        host.database.goDown()
        waits(for: "fault")
        host.database.comeBack()
        waits(for: "master")
        host.drain()
        waits(for: "fault")
        #expect(host.agent.process.isRunning, "the address is given up before the agent ends")
        #expect(host.end() == 0)
    }
}
