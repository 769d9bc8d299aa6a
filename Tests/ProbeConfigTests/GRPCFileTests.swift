// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig
import Testing

@Suite("Files with gRPC probes")
struct GRPCFileTests {
    @Test("every key of a gRPC probe arrives where it belongs")
    func everyKey() throws {
        let source = try Fixture(folder: "valid", name: "grpc").source
        let probes = try Configuration(main: nil, probeFiles: [source]).probes.sorted { $0.name < $1.name }
        let everyKey = GRPCProbe(
            address: try HostPort("[2001:db8::5]:443"),
            service: "orders.v1.Orders",
            authority: "orders.internal:8443",
            tls: TLSSettings(authorityFile: "/etc/ssl/private-ca.pem", serverName: "orders.internal"),
            metadata: [
                HTTPField(name: "x-key", value: "first"), HTTPField(name: "x-key", value: "second"),
                HTTPField(name: "authorization", value: "Bearer 123"), HTTPField(name: "trace-bin", value: "AQIDBA=="),
                HTTPField(name: "x-number", value: "12"),
            ],
            mode: .watch
        )
        #expect(
            probes.map(\.probe) == [
                .grpc(everyKey),
                .grpc(GRPCProbe(address: try HostPort("10.0.0.7:50051"))),
                .grpc(GRPCProbe(address: try HostPort("orders:50051"))),
                .grpc(GRPCProbe(address: try HostPort("10.0.0.7:50051"), tls: TLSSettings())),
            ]
        )
    }
}
