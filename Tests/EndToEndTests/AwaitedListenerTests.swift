// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// The real agent in a network namespace of its own, which has no address but loopback when it starts.
@Suite("Listeners whose interface comes later")
struct AwaitedListenerTests {
    @Test("the agent starts before its address is there, and answers once it has come")
    func comesLater() {
        let folder = TemporaryFolder()
        folder.write(
            """
            agent: {drain: 0s}
            listen: [{address: '192.0.2.1:9797'}]
            log: {format: json}

            """,
            to: "bellwether.yaml"
        )
        mkdir(folder.path + "/probes.d", 0o755)
        folder.write("probes: {a: {script: {command: [/bin/true]}, interval: 1s}}\n", to: "probes.d/a.yaml")
        let script = """
            # Without any address at all, the kernel lets a socket be bound to every one.
            ip link set lo up
            "$0" run --config bellwether.yaml --socket "$PWD/admin.sock" 2>log &
            agent=$!
            says() { for i in $(seq 300); do grep -q "$1" log && return; sleep 0.2; done; cat log; exit 1; }
            says 'does not have the address yet'
            ip address add 192.0.2.1/32 dev lo
            says 'the address is there now'
            curl -sS -m 30 --retry 30 --retry-connrefused --retry-delay 1 http://192.0.2.1:9797/livez
            kill $agent
            wait $agent
            echo " $?"
            """
        let process = ChildProcess(
            ["unshare", "--map-root-user", "--net", "sh", "-c", "cd \(folder.path); \(script)", Agent.binary],
            in: folder,
            name: "namespace"
        )
        #expect(process.waitForExit() == 0, "\(process.errors)")
        #expect(process.output == "ok 0\n", "\(process.errors)")
    }
}
