// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// `bellwether check` for programs, and `--explain`, with the real binary.
@Suite("check --explain, end to end")
struct ExplainTests {
    @Test("what is explained for HAProxy is a backend that HAProxy takes", arguments: ["http", "tls"])
    func haproxy(kind: String) {
        let folder = TemporaryFolder()
        folder.write("listen: [{address: '127.0.0.1:9797'\(Self.tls(kind))}]\n", to: "bellwether.yaml")
        folder.write("probes: {shop: {http: 'http://127.0.0.1:8080/'}}\n", to: "probes.d/a.yaml")
        let explain = ChildProcess(
            [Agent.binary, "check", "--config", "bellwether.yaml", "--explain", "shop"],
            in: folder,
            name: "explain"
        )
        #expect(explain.waitForExit() == 0, "\(explain.errors)")
        let lines = explain.output.split(separator: "\n", omittingEmptySubsequences: false)
        let snippet = lines.drop { $0 != "HAProxy" }.dropFirst().prefix { $0 != "Envoy" }
        #expect(snippet.contains { $0.contains("backend shop") })
        folder.write(
            """
            defaults
                mode http
                timeout connect 1s
                timeout client 1s
                timeout server 1s
            frontend front
                bind unix@\(folder.path)/front.sock
                default_backend shop
            \(snippet.joined(separator: "\n"))

            """,
            to: "haproxy.cfg"
        )
        let haproxy = ChildProcess(["haproxy", "-c", "-f", "haproxy.cfg"], in: folder, name: "haproxy")
        #expect(haproxy.waitForExit() == 0, "\(haproxy.output)\(haproxy.errors)")
    }

    @Test("the exit code is 0 with warnings, 64 for a name that no probe has, 78 with errors")
    func exitCodes() {
        let folder = TemporaryFolder()
        folder.write("probes: {a: {tcp: 'a:1'}, b: {tcp: 'a:1'}}\n", to: "probes.d/a.yaml")
        #expect(Self.check(["--format", "json"], in: folder) == (0, ["duplicate"]))
        #expect(Self.check(["--explain", "c"], in: folder).code == 64)
        #expect(Self.check(["--explain", "b", "--format", "json"], in: folder).code == 0)
        folder.write("probes: {a: {tcp: 'a:1', intervall: 5s}}\n", to: "probes.d/a.yaml")
        #expect(Self.check(["--format", "json"], in: folder) == (78, ["unknown-key"]))
        #expect(Self.check(["--explain", "a"], in: folder).code == 78)
    }

    @Test("a variable of the environment counts where the agent runs, and its absence is an error at its place")
    func environment() {
        let folder = TemporaryFolder()
        folder.write("probes: {a: {tcp: '${env:DATABASE}:5432'}}\n", to: "probes.d/a.yaml")
        let arguments = [Agent.binary, "check", "--probes", "probes.d", "--explain", "a"]
        let set = ChildProcess(arguments, in: folder, environment: ["DATABASE": "db.internal"], name: "set")
        #expect(set.waitForExit() == 0, "\(set.errors)")
        let unset = ChildProcess(arguments, in: folder, name: "unset")
        #expect(unset.waitForExit() == 78)
        #expect(
            unset.errors.hasPrefix(
                "probes.d/a.yaml:1:20: error: probes.a.tcp: the environment variable DATABASE is not set\n"
            ),
            "\(unset.errors)"
        )
    }

    private static func tls(_ kind: String) -> String {
        kind == "tls" ? ", tls: {certificate: /nowhere.crt, key: /nowhere.key}" : ""
    }

    private static func check(_ arguments: [String], in folder: TemporaryFolder) -> (code: CInt?, codes: [String]) {
        let name = "check\(UInt32.random(in: 0 ... .max))"
        let check = ChildProcess([Agent.binary, "check", "--probes", "probes.d"] + arguments, in: folder, name: name)
        let code = check.waitForExit()
        let codes = check.output.split(separator: "\n").filter { $0.contains("\"code\" : ") }.compactMap {
            $0.split(separator: "\"").dropFirst(3).first.map(String.init)
        }
        return (code, codes)
    }
}
