// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("HostPort")
struct HostPortTests {
    @Test(
        "a host with a port is taken apart",
        arguments: [
            ("db.internal:5432", "db.internal:5432"),
            ("DB.Internal.:5432", "db.internal.:5432"),
            ("my_db:1", "my_db:1"),
            ("10.0.0.5:6379", "10.0.0.5:6379"),
            ("[::1]:80", "[::1]:80"),
            ("[::]:65535", "[::]:65535"),
            ("[FE80::1]:80", "[fe80::1]:80"),
            ("[1:2:3:4:5:6:7:8]:80", "[1:2:3:4:5:6:7:8]:80"),
            ("[::ffff:169.254.169.254]:80", "[::ffff:169.254.169.254]:80"),
            ("[1:2:3:4:5:6:1.2.3.4]:80", "[1:2:3:4:5:6:1.2.3.4]:80"),
            ("a1.b2:1", "a1.b2:1"),
            ("0xfeed.example:1", "0xfeed.example:1"),
        ]
    )
    func accepted(text: String, description: String) throws {
        #expect(try HostPort(text).description == description)
    }

    @Test(
        "what is no host with a port is refused with the reason",
        arguments: [
            ("", "no host"),
            (":80", "no host"),
            ("a", "no port (use host:port)"),
            ("a:", "port \"\" is not a number from 1 to 65535"),
            ("a:0", "port \"0\" is not a number from 1 to 65535"),
            ("a:65536", "port \"65536\" is not a number from 1 to 65535"),
            ("a:+1", "port \"+1\" is not a number from 1 to 65535"),
            ("a:99999999999999999999", "port \"99999999999999999999\" is not a number from 1 to 65535"),
            ("a b:1", "\"a b\" is not a host name or address"),
            ("a..b:1", "\"a..b\" is not a host name or address"),
            ("ä:1", "\"ä\" is not a host name or address"),
            ("::1:80", "\"::1:80\" has several colons (write an IPv6 address in brackets: [::1]:80)"),
            ("[::1", "\"[\" without \"]\""),
            ("[::1]80", "\"80\" after the address (use [address]:port)"),
            ("[a]:80", "\"a\" is not an IPv6 address"),
            ("[]:80", "\"\" is not an IPv6 address"),
            ("[:::]:80", "\":::\" is not an IPv6 address"),
            ("[1::2::3]:80", "\"1::2::3\" is not an IPv6 address"),
            ("[1:2]:80", "\"1:2\" is not an IPv6 address"),
            ("[12345::]:80", "\"12345::\" is not an IPv6 address"),
            ("[1:2:3:4:5:6:7:8:9]:80", "\"1:2:3:4:5:6:7:8:9\" is not an IPv6 address"),
            ("[1.2.3.4::]:80", "\"1.2.3.4::\" is not an IPv6 address"),
            ("[::1.2.3]:80", "\"::1.2.3\" is not an IPv6 address"),
            ("[:1]:80", "\":1\" is not an IPv6 address"),
            ("[fe80::1%eth0]:80", "\"fe80::1%eth0\" is not an IPv6 address"),
        ]
    )
    func refused(text: String, message: String) {
        #expect(throws: HostPort.Problem.self) { try HostPort(text) }
        do { _ = try HostPort(text) } catch { #expect(error.message == message) }
    }

    @Test(
        "an IPv4 address in an old form is refused: resolvers would read another address than people do",
        arguments: [
            "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "1.2.3.4.5", "256.0.0.1", "127.0.0.1.", "0x",
        ]
    )
    func oldIPv4Forms(host: String) {
        do {
            Issue.record("taken: \(try HostPort("\(host):80"))")
        } catch {
            #expect(error.message == "\"\(host)\" is not an IPv4 address in its usual form (use 192.0.2.1)")
        }
    }

    @Test("port 0 is legal only where the kernel may choose")
    func portZero() throws {
        #expect(try HostPort("127.0.0.1:0", allowsPortZero: true).port == 0)
    }

    @Test("the longest legal name has 253 characters in labels of 63")
    func longestName() throws {
        let label = String(repeating: "a", count: 63)
        let name = [label, label, label, String(repeating: "a", count: 61)].joined(separator: ".")
        #expect(try HostPort("\(name):1").host == name)
        #expect(throws: HostPort.Problem.self) { try HostPort("\(name)a:1") }
        #expect(throws: HostPort.Problem.self) { try HostPort("a\(label):1") }
    }

    @Test(
        "the four numbers of an IPv4 address are found, and nothing else is taken for one",
        arguments: [("127.0.0.1:1", true), ("127.255.0.1:1", true), ("128.0.0.1:1", false), ("localhost:1", false)]
    )
    func loopback(text: String, isLoopback: Bool) throws {
        #expect(try HostPort(text).isIPv4Loopback == isLoopback)
    }
}
