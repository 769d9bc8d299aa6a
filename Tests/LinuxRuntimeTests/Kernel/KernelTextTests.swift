// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Testing

@Suite("Kernel: texts of addresses and errors")
struct KernelTextTests {
    @Test(
        "an address is written as everybody writes it, IPv6 in brackets before a port",
        arguments: [
            ("0.0.0.0", "0.0.0.0:443"), ("10.0.0.5", "10.0.0.5:443"), ("255.255.255.255", "255.255.255.255:443"),
            ("fd00:0:0::5", "[fd00::5]:443"), ("::ffff:10.0.0.5", "[::ffff:10.0.0.5]:443"),
        ]
    )
    func address(host: String, text: String) throws {
        let address = try #require(SocketAddress(numeric: host, port: 443))
        #expect(address.description == text)
    }

    @Test(
        "an error has the C library's text, one that does not exist, too",
        arguments: [
            (ECONNREFUSED, "Connection refused"), (0, "Success"), (EHWPOISON, "Memory page has hardware error"),
            (134, "Unknown error 134"), (-1, "Unknown error -1"),
        ]
    )
    func error(code: CInt, text: String) {
        #expect(SystemError(code: code).text == text)
    }
}
