// SPDX-License-Identifier: Apache-2.0

import Testing

/// What a real Traefik makes of the agents of two machines.
@Suite("Traefik", .installed(.traefik))
struct TraefikTests {
    @Test("active health checks take a machine out and back, and out before its agent ends")
    func outAndBack() throws {
        let site = Site()
        let first = try Host(of: site, number: 11)
        let second = try Host(of: site, number: 12)
        let folder = TemporaryFolder()
        let dynamic = try site.place(
            .traefik,
            [" interval: 2s": " interval: 100ms", "unhealthyInterval: 2s": "unhealthyInterval: 100ms"]
        )
        let traefik = ChildProcess(
            [
                try Consumer.traefik.required(), "--entrypoints.web.address=127.0.0.1:\(site.frontPort)",
                "--entrypoints.traefik.address=127.0.0.1:\(site.adminPort)", "--api.insecure=true", "--log.level=ERROR",
                "--global.checknewversion=false", "--global.sendanonymoususage=false",
                "--providers.file.filename=" + folder.write(dynamic, to: "dynamic.yaml"),
            ],
            in: folder,
            environment: ["HOME": folder.path],
            name: "traefik"
        )
        /// Waits until Traefik's own list says UP or DOWN of a machine.
        func waits(for status: String, of host: Host) {
            let wanted = "\"http://\(host.address):\(site.applicationPort)\":\"\(status)\""
            var seen = ""
            let found = Deadline().wait { () -> Bool? in
                seen = HTTPClient.get("/api/http/services/app@file", port: site.adminPort)?.body ?? ""
                return seen.contains(wanted) ? true : nil
            }
            if found == nil { Issue.record("not \(wanted): \(seen) \(traefik.output) \(traefik.errors)") }
        }
        func waits(forAnswersOf machines: Set<String>) -> Bool {
            Deadline().wait { site.answers() == machines ? true : nil } ?? false
        }
        waits(for: "UP", of: first)
        #expect(waits(forAnswersOf: ["11", "12"]))
        first.cache.goDown()
        #expect(first.agent.waits(for: 200, with: "x-envoy-degraded"))
        #expect(waits(forAnswersOf: ["11", "12"]))
        first.database.goDown()
        waits(for: "DOWN", of: first)
        #expect(waits(forAnswersOf: ["12"]))
        first.database.comeBack()
        waits(for: "UP", of: first)
        first.drain()
        waits(for: "DOWN", of: first)
        #expect(first.agent.process.isRunning, "the machine is out before its agent ends")
        #expect(first.end() == 0)
        waits(for: "UP", of: second)
    }
}
