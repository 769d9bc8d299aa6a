// SPDX-License-Identifier: Apache-2.0

import Testing

/// A real Envoy with the cluster of a snippet, and a listener that sends all there.
final class Envoy {
    private let site: Site
    private let process: ChildProcess
    private let folder = TemporaryFolder()

    init(_ cluster: String, at site: Site) throws {
        self.site = site
        let configuration = folder.write(cluster, to: "envoy.yaml")
        // Envoy merges this into the file.
        let surroundings = """
            admin: {address: {socket_address: {address: 127.0.0.1, port_value: \(site.adminPort)}}}
            static_resources:
              listeners:
                - address: {socket_address: {address: 127.0.0.1, port_value: \(site.frontPort)}}
                  filter_chains:
                    - filters:
                        - name: envoy.filters.network.http_connection_manager
                          typed_config:
                            '@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                            stat_prefix: front
                            route_config:
                              virtual_hosts: [{name: all, domains: ['*'], routes: [{match: {prefix: /}, route: {cluster: app}}]}]
                            http_filters:
                              - name: envoy.filters.http.router
                                typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}

            """
        process = ChildProcess(
            [
                try Consumer.envoy.required(), "-c", configuration, "--config-yaml", surroundings, "--concurrency", "1",
                "--disable-hot-restart", "-l", "warning",
            ],
            in: folder,
            name: "envoy"
        )
    }

    /// What Envoy's admin interface says of a host: "healthy", or flags such as "/failed_active_hc"; empty without an answer.
    func flags(of host: String) -> String {
        let lines = (HTTPClient.get("/clusters", port: site.adminPort)?.body ?? "").split(separator: "\n")
        let start = "app::\(host):\(site.applicationPort)::health_flags::"
        return lines.first { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) } ?? ""
    }

    /// Waits until Envoy says so of a host; records an issue when it does not.
    func waits(for flags: String, of host: String) {
        var seen = ""
        let found = Deadline().wait { () -> Bool? in
            seen = self.flags(of: host)
            return seen == flags ? true : nil
        }
        if found == nil { Issue.record("\(host) is \(seen), not \(flags): \(process.errors)") }
    }

    /// Waits until its own answers come from these machines alone.
    func waits(forAnswersOf machines: Set<String>) -> Bool {
        Deadline().wait { site.answers() == machines ? true : nil } ?? false
    }
}
