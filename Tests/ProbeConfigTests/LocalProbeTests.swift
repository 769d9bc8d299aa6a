// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig
import Testing

@Suite("UDP, ICMP and process probes in a file")
struct LocalProbeTests {
    @Test("every key arrives where it belongs")
    func everyKey() throws {
        let source = try Fixture(folder: "valid", name: "udp-icmp-process-every-key").source
        let probes = try Configuration(main: nil, probeFiles: [source]).probes
        let expected: [Probe] = [
            .process(ProcessProbe(selector: .name("/opt/app/bin/app"), minimum: 2, maximum: 4)),
            .process(ProcessProbe(selector: .name("batch"), minimum: 0, maximum: 0)),
            .icmp(ICMPProbe(host: "gateway.internal")),
            .icmp(
                ICMPProbe(host: "fd00::1", count: 10, size: 1_400, maximumLoss: 0.2, slow: .milliseconds(50))
            ),
            .process(ProcessProbe(selector: .name("nginx"))),
            .process(ProcessProbe(selector: .numberFile("/run/nginx.pid"))),
            .process(ProcessProbe(selector: .unit("nginx.service"))),
            .udp(UDPProbe(address: try HostPort("ntp.internal:123"), send: "", expect: "^x")),
            .process(ProcessProbe(selector: .unit("worker@1.service"))),
        ]
        #expect(probes.map(\.probe) == expected)
    }
}
