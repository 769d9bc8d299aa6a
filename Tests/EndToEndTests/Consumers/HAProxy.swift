// SPDX-License-Identifier: Apache-2.0

import Testing

/// A real HAProxy that balances over the backends of a snippet.
final class HAProxy {
    private let site: Site
    private let process: ChildProcess
    private let folder = TemporaryFolder()

    init(_ backends: String, at site: Site) throws {
        self.site = site
        let configuration = folder.write(
            """
            global
              maxconn 100
            defaults
              mode http
              timeout connect 2s
              timeout client 5s
              timeout server 5s
              timeout check 5s
            frontend stats
              bind 127.0.0.1:\(site.adminPort)
              stats enable
              stats uri /stats
            frontend front
              bind 127.0.0.1:\(site.frontPort)
              default_backend app

            """ + backends,
            to: "haproxy.cfg"
        )
        process = ChildProcess(
            [try Consumer.haproxy.required(), "-db", "-f", configuration],
            in: folder,
            name: "haproxy"
        )
    }

    /// The columns of a server in HAProxy's statistics; empty when there is no answer.
    func server(_ server: String, of backend: String = "app") -> [String: String] {
        let lines = (HTTPClient.get("/stats;csv", port: site.adminPort)?.body ?? "").split(separator: "\n")
        guard let names = lines.first?.dropFirst(2).split(separator: ",", omittingEmptySubsequences: false),
            let line = lines.first(where: { $0.hasPrefix("\(backend),\(server),") })
        else { return [:] }
        let values = line.split(separator: ",", omittingEmptySubsequences: false)
        return Dictionary(zip(names.map(String.init), values.map(String.init))) { first, _ in first }
    }

    /// Waits until HAProxy says `status` of a server, and what else is asked for; records an issue when it does not.
    func waits(
        for status: String,
        _ columns: [String: String] = [:],
        of server: String = "app1",
        in backend: String = "app"
    ) {
        var seen: [String: String] = [:]
        let found = Deadline().wait { () -> Bool? in
            seen = self.server(server, of: backend)
            return seen["status"] == status && columns.allSatisfy { seen[$0.key] == $0.value } ? true : nil
        }
        if found == nil {
            let interesting = seen.filter { ["status", "weight", "check_status", "check_code"].contains($0.key) }
            Issue.record("\(server) is \(interesting), not \(status) \(columns): \(process.errors)")
        }
    }

    /// Waits until its own answers come from these machines alone.
    func waits(forAnswersOf machines: Set<String>) -> Bool {
        Deadline().wait { site.answers() == machines ? true : nil } ?? false
    }
}
