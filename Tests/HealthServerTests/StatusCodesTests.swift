// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import HealthServer

@Suite("Status over real sockets")
struct StatusCodesTests {
    enum Published: String, CaseIterable, Sendable {
        case nothing, healthy, degraded, unhealthy, draining

        var code: Int {
            switch self {
            case .healthy, .degraded: 200
            case .nothing, .unhealthy, .draining: 503
            }
        }
    }

    static func publish(_ published: Published, on running: RunningServer) async {
        switch published {
        case .nothing: break
        case .healthy: await running.publish(Snapshots.healthy(clock: running.clock))
        case .degraded: await running.publish(Snapshots.degraded(clock: running.clock))
        case .unhealthy: await running.publish(Snapshots.unhealthy(clock: running.clock))
        case .draining:
            await running.publish(Snapshots.healthy(clock: running.clock))
            await running.drain()
        }
    }

    @Test("GET, HEAD and OPTIONS give the verdict's code in HTTP/1.0 and 1.1", arguments: Published.allCases)
    func methodsAndVersions(published: Published) async throws {
        try await RunningServer.run { running in
            await Self.publish(published, on: running)
            for path in ["/readyz", "/health/ready", "/", "/health"] {
                for method in ["GET", "HEAD", "OPTIONS"] {
                    for version in ["1.0", "1.1"] {
                        let host = version == "1.0" ? "" : "Host: a\r\n"
                        let isHead = method == "HEAD"
                        let request = "\(method) \(path) HTTP/\(version)\r\n\(host)\r\n"
                        let response = try running.ask(request, hasBody: !isHead)
                        #expect(response.code == published.code, "\(request)")
                        #expect(response.fields["cache-control"] == "no-store")
                        #expect(response.fields["x-content-type-options"] == "nosniff")
                        #expect((response.fields["content-length"].flatMap { Int($0) } ?? 0) > 0)
                        #expect(response.fields["allow"] == (method == "OPTIONS" ? "GET, HEAD, OPTIONS" : nil))
                        #expect(response.fields["x-envoy-degraded"] == (published == .degraded ? "1" : nil))
                        let isDraining = published == .draining
                        #expect(response.fields["x-envoy-immediate-health-check-fail"] == (isDraining ? "true" : nil))
                        #expect(response.fields["connection"] == (version == "1.0" || isDraining ? "close" : nil))
                    }
                }
            }
        }
    }
}
