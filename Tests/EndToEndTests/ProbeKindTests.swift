// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// `bellwether probe` of the kinds that ask real servers and the machine itself.
@Suite("probe kinds, end to end")
struct ProbeKindTests {
    /// Probes `name` of `probes` and gives exit code and output.
    private static func probe(
        _ name: String,
        of probes: String,
        in folder: TemporaryFolder,
        through prefix: [String] = []
    ) -> (code: CInt?, output: String) {
        folder.write(probes, to: "probes.d/a.yaml")
        let arguments = [Agent.binary, "probe", "--probes", folder.path + "/probes.d", name, "--format", "json"]
        let process = ChildProcess(prefix + arguments, in: folder, name: "probe-\(name)")
        let code = process.waitForExit()
        return (code, process.output + process.errors)
    }

    /// A real dnsmasq with a zone of its own; nil, after an issue, when it does not answer.
    private static func dnsmasq(in folder: TemporaryFolder) -> (process: ChildProcess, port: UInt16)? {
        let port = Port.free()
        let process = ChildProcess(
            [
                "dnsmasq", "--keep-in-foreground", "--port=\(port)", "--listen-address=127.0.0.1", "--bind-interfaces",
                "--no-resolv", "--no-hosts", "--conf-file=/dev/null", "--pid-file=",
                "--user=\(getuid() == 0 ? "root" : "")",
                "--host-record=www.test,192.0.2.7,2001:db8::7", "--cname=alias.test,www.test",
                "--mx-host=test,mx.test,10",
                "--txt-record=test,v=spf1,-all", "--srv-host=_x._tcp.test,www.test,5222,1,2", "--local=/test/",
            ],
            in: folder,
            name: "dnsmasq"
        )
        let answers = Deadline().wait { () -> Bool? in
            let result = probe(
                "up",
                of: "probes: {up: {dns: {name: www.test, server: '127.0.0.1:\(port)'}}}\n",
                in: folder
            )
            return result.code == 0 ? true : nil
        }
        guard answers == true else {
            Issue.record("dnsmasq does not answer: \(process.errors)")
            return nil
        }
        return (process, port)
    }

    @Test("a real DNS server is asked for records of every kind it serves, over UDP and TCP")
    func dns() throws {
        let folder = TemporaryFolder()
        let server = try #require(Self.dnsmasq(in: folder))
        for (question, code, text) in [
            ("name: www.test, expect: {answer: {only: 192.0.2.7}}", 0, "NOERROR, 1 answer"),
            ("name: www.test, transport: tcp", 0, "\"transport\":\"tcp\""),
            ("name: www.test, type: AAAA, expect: {answer: '2001:DB8:0::7', authoritative: true}", 0, "2001:db8::7"),
            ("name: Alias.Test., expect: {answer: 192.0.2.7}", 0, "192.0.2.7"),
            ("name: alias.test, type: CNAME, expect: {answer: www.test.}", 0, "www.test"),
            ("name: test, type: MX, expect: {answer: 10 mx.test}", 0, "10 mx.test"),
            ("name: test, type: TXT, expect: {answer: v=spf1-all}", 0, "v=spf1-all"),
            ("name: _x._tcp.test, type: SRV, expect: {answer: {matches: ' 5222 www'}}", 0, "1 2 5222 www.test"),
            ("name: 192.0.2.7, type: PTR, expect: {answer: www.test}", 0, "www.test"),
            ("name: gone.test, expect: {code: NXDOMAIN}", 0, "NXDOMAIN, 0 answers"),
            ("name: gone.test", 2, "\"reason\":\"status\""),
            ("name: www.test, type: MX", 2, "\"reason\":\"body\""),
        ] as [(String, CInt, String)] {
            let probes = "probes: {a: {dns: {server: '127.0.0.1:\(server.port)', \(question)}}}\n"
            let result = Self.probe("a", of: probes, in: folder)
            #expect(result.code == code, "\(question): \(result.output)")
            #expect(result.output.range(of: text) != nil, "\(question): \(result.output)")
        }
    }

    @Test("this machine answers echo requests where the kernel allows them, and the setting is named where it does not")
    func icmp() {
        let folder = TemporaryFolder()
        // A network of its own, in which the sysctl can be set without touching the machine's.
        let allow =
            "echo '0 2147483647' > /proc/sys/net/ipv4/ping_group_range 2>/dev/null || echo '0 0' > /proc/sys/net/ipv4/ping_group_range"
        let forbid = "echo '1 0' > /proc/sys/net/ipv4/ping_group_range"
        for (setting, code, text) in [
            (allow, 0, "3 of 3 replies, round trip "), (forbid, 3, "net.ipv4.ping_group_range"),
        ] as [(String, CInt, String)] {
            let shell = "\(setting); ip link set lo up; exec \"$@\""
            let result = Self.probe(
                "a",
                of: "probes: {a: {icmp: {address: 127.0.0.1, count: 3}, timeout: 1s}}\n",
                in: folder,
                through: ["unshare", "--map-root-user", "--net", "sh", "-c", shell, "sh"]
            )
            #expect(result.code == code, "\(result.output)")
            #expect(result.output.range(of: text) != nil, "\(result.output)")
        }
    }

    @Test("a process that runs is found by name and by file, and missed when it is gone")
    func process() {
        let folder = TemporaryFolder()
        let name = "bw-\(UInt32.random(in: .min ... .max))"
        let path = folder.write("", to: name)
        unlink(path)
        symlink("/bin/sleep", path)
        do {
            let sleeper = ChildProcess([path, "600"], in: folder, name: "sleeper")
            folder.write("\(sleeper.id)\n", to: "sleeper.pid")
            let named = Deadline().wait { () -> Bool? in
                Self.probe("a", of: "probes: {a: {process: \(name)}}\n", in: folder).code == 0 ? true : nil
            }
            #expect(named == true)
            let file = Self.probe(
                "a",
                of: "probes: {a: {process: {pid_file: \(folder.path)/sleeper.pid}}}\n",
                in: folder
            )
            #expect(file.code == 0, "\(file.output)")
            sleeper.send(SIGKILL)
            #expect(sleeper.waitForExit() == 128 + SIGKILL)
        }
        let gone = Self.probe("a", of: "probes: {a: {process: {pid_file: \(folder.path)/sleeper.pid}}}\n", in: folder)
        #expect(gone.code == 2)
        #expect(gone.output.range(of: "\"reason\":\"status\"") != nil)
    }
}
