// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime
import Testing

@Suite("RouteTable")
struct RouteTableTests {
    private static let titles =
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT   \n"

    @Test("an IPv4 table leads out when a route leaves through anything but the loopback")
    func ipv4() {
        #expect(!RouteTable.leadsOutIPv4(""))
        #expect(!RouteTable.leadsOutIPv4(Self.titles))
        #expect(!RouteTable.leadsOutIPv4(Self.titles + "lo\t0000007F\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n"))
        #expect(RouteTable.leadsOutIPv4(Self.titles + "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"))
    }

    @Test(
        "an IPv6 table leads out when a route leaves through anything but the loopback, to more than the own link",
        arguments: [
            ("00000000000000000000000000000001 80", "lo", false),
            ("fe800000000000000000000000000000 40", "eth0", false),
            ("ff000000000000000000000000000000 08", "eth0", false),
            ("fd000000000000000000000000000000 40", "eth0", true),
            ("00000000000000000000000000000000 00", "eth0", true),
        ]
    )
    func ipv6(destination: String, interface: String, leadsOut: Bool) {
        let zero = "00000000000000000000000000000000"
        let line = "\(destination) \(zero) 00 \(zero) 00000100 00000002 00000000 00000001     \(interface)\n"
        #expect(RouteTable.leadsOutIPv6(line) == leadsOut)
    }
}
