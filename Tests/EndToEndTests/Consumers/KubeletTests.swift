// SPDX-License-Identifier: Apache-2.0

import Testing

/// What Kubernetes makes of the agent; the kubelet is a client with the kubelet's rules.
@Suite("Kubernetes probes")
struct KubeletTests {
    /// The probes of a container, under way.
    struct Kubelet {
        let process: ChildProcess

        init(_ snippet: Snippet.Name, _ host: Host, at site: Site) throws {
            let folder = host.agent.folder
            let probes = try folder.write(site.place(snippet), to: "probes.yaml")
            process = ChildProcess(
                [
                    MetricsTests.repository + "/.build/python/bin/python",
                    MetricsTests.repository + "/Tests/EndToEndTests/Clients/kube_probe.py", probes, host.address,
                    "0.05",
                ],
                in: folder,
                name: "kubelet"
            )
        }

        /// What it said so far.
        var lines: [String] { process.output.split(separator: "\n").map(String.init) }

        /// Waits until the last word on readiness is this; records an issue when it is not.
        func waits(for readiness: Bool) {
            let wanted = "readiness \(readiness)"
            let found = Deadline().wait { lines.last { $0.hasPrefix("readiness") } == wanted ? true : nil }
            if found == nil { Issue.record("not \(wanted): \(lines) \(process.errors)") }
        }
    }

    @Test("HTTP probes start the container, take it out and back, drain it, and never restart it")
    func http() throws {
        let site = Site()
        let host = try Host(of: site, number: 11)
        let kubelet = try Kubelet(.kubernetes, host, at: site)
        kubelet.waits(for: true)
        #expect(kubelet.lines.first == "startup passed")
        host.cache.goDown()
        #expect(host.agent.waits(for: 200, with: "x-envoy-degraded"))
        kubelet.waits(for: true)
        host.database.goDown()
        kubelet.waits(for: false)
        host.database.comeBack()
        kubelet.waits(for: true)
        host.drain()
        kubelet.waits(for: false)
        #expect(host.agent.process.isRunning, "the container is out of its Service before it ends")
        #expect(!kubelet.lines.contains("liveness failed"), "what it probes is no reason to restart it")
        #expect(host.end() == 0)
    }

    @Test("a gRPC probe of a named target takes the container out and back, and drains it")
    func grpc() throws {
        let site = Site()
        let host = try Host(of: site, number: 11)
        let kubelet = try Kubelet(.kubernetesGRPC, host, at: site)
        kubelet.waits(for: true)
        host.database.goDown()
        kubelet.waits(for: false)
        host.database.comeBack()
        kubelet.waits(for: true)
        host.drain()
        kubelet.waits(for: false)
        #expect(host.agent.process.isRunning)
        #expect(host.end() == 0)
    }
}
