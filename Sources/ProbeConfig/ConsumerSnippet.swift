// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// A piece of another program's configuration that asks the agent for one target.
///
/// The breaker has judged already, so one answer decides: `fall 1`, `rise 1` and their like.
package struct ConsumerSnippet: Hashable, Sendable {
    /// The other program.
    package let consumer: String
    /// Its lines, each ended by a line feed.
    package let text: String

    /// Time between two questions.
    package static let interval = Duration.seconds(2)
    /// How long an answer is waited for.
    package static let timeout = Duration.seconds(1)
    /// How much later than the agent a consumer knows, at most: a question just missed, and one that gets no answer in time.
    package static let delay = interval + timeout

    /// HAProxy, Envoy and Kubernetes, each asking the first listener with a TCP address; empty without any.
    static func all(for spec: ProbeSpec, agent: AgentSettings, hostname: String) -> [ConsumerSnippet] {
        for listener in agent.listeners {
            guard case .tcp(let address) = listener.address, address.port != 0 else { continue }
            let asked = Asked(spec: spec, listener: listener, address: address, name: agent.name ?? hostname)
            return [asked.haproxy, asked.envoy, asked.kubernetes]
        }
        return []
    }

    /// What is asked where.
    private struct Asked {
        let spec: ProbeSpec
        let listener: ListenerSettings
        let address: HostPort
        let name: String

        private var path: String { "/readyz/\(spec.name)" }

        /// Where the agent is reached: a listener on every address has none of its own.
        private var host: String {
            ["0.0.0.0", "::"].contains(address.host) ? VisibleText.make(name) : address.host
        }

        /// The address of the service itself.
        private var service: HostPort? {
            switch spec.probe {
            case .http(let probe): probe.url.address
            case .tcp(let probe): probe.address
            case .grpc(let probe): probe.address
            case .webSocket(let probe): probe.url.address
            case .tls(let probe): probe.address
            case .script, .dns, .udp, .icmp, .process, .custom: nil
            }
        }

        /// What a degraded target is to the consumer, where that is not up.
        private var degraded: String {
            listener.degradedCode == 200
                ? "" : "# a degraded target is answered with \(listener.degradedCode) here: down\n"
        }

        private var local: String {
            listener.address.isLocal ? "# only this machine reaches \(address)\n" : ""
        }

        var haproxy: ConsumerSnippet {
            let secure = listener.tls == nil ? "" : " check-ssl verify required ca-file @system-ca"
            return ConsumerSnippet(
                consumer: "HAProxy",
                text: """
                    \(local)\(degraded)backend \(spec.name)
                        option httpchk
                        http-check send meth GET uri \(path)
                        http-check expect status 200
                        timeout check 1s
                        server \(spec.name) \(service?.description ?? "SERVICE:PORT") check addr \(host) port \(address.port) \
                    inter 2s fall 1 rise 1\(secure)

                    """
            )
        }

        var envoy: ConsumerSnippet {
            let secure = listener.tls == nil ? "" : "# and a transport_socket_match with TLS for the health check\n"
            return ConsumerSnippet(
                consumer: "Envoy",
                text: """
                    \(local)\(degraded)\(secure)health_checks:
                    - timeout: 1s
                      interval: 2s
                      no_traffic_interval: 2s
                      unhealthy_threshold: 1
                      healthy_threshold: 1
                      http_health_check: {path: \(path), host: \(host)}
                    load_assignment:
                      cluster_name: \(spec.name)
                      endpoints:
                      - lb_endpoints:
                        - endpoint:
                            address: {socket_address: {address: \(service?.host ?? "SERVICE"), \
                    port_value: \(service.map { "\($0.port)" } ?? "PORT")}}
                            health_check_config:
                              address: {socket_address: {address: \(host), port_value: \(address.port)}}

                    """
            )
        }

        var kubernetes: ConsumerSnippet {
            let note =
                listener.address.isLocal
                ? "# the kubelet asks the pod's address: let the agent listen on 0.0.0.0\n" : ""
            return ConsumerSnippet(
                consumer: "Kubernetes",
                text: """
                    \(note)\(degraded)readinessProbe:
                      httpGet: {path: \(path), port: \(address.port), scheme: \(listener.tls == nil ? "HTTP" : "HTTPS")}
                      periodSeconds: 2
                      timeoutSeconds: 1
                      failureThreshold: 1
                      successThreshold: 1

                    """
            )
        }
    }
}
