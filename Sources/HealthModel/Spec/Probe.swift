// SPDX-License-Identifier: Apache-2.0

/// One kind of probe with all that this kind needs.
///
/// Indirect, because specs are copied and kept in many places: what a kind needs is kept once, and copying it is no code.
package indirect enum Probe: Hashable, Sendable {
    case http(HTTPProbe)
    case tcp(TCPProbe)
    case grpc(GRPCProbe)
    case webSocket(WebSocketProbe)
    case script(ScriptProbe)
    case dns(DNSProbe)
    case udp(UDPProbe)
    case icmp(ICMPProbe)
    case process(ProcessProbe)
    case tls(TLSProbe)
    case custom(CustomProbe)

    /// The word for the kind, as in the configuration, such as `http`.
    package var kind: String {
        switch self {
        case .http: "http"
        case .tcp: "tcp"
        case .grpc: "grpc"
        case .webSocket: "websocket"
        case .script: "script"
        case .dns: "dns"
        case .udp: "udp"
        case .icmp: "icmp"
        case .process: "process"
        case .tls: "tls"
        case .custom(let probe): probe.kind
        }
    }

    /// What is probed, for people: the URL, the address, or the command line, without what may be a secret
    /// (see ``ShownText``).
    package var subject: String {
        switch self {
        case .http(let probe): ShownText.url(probe.url.text)
        case .tcp(let probe): probe.address.description
        case .grpc(let probe): probe.service.isEmpty ? probe.address.description : "\(probe.address) \(probe.service)"
        case .webSocket(let probe): ShownText.url(probe.url.text)
        case .script(let probe): ShownText.command(probe.command).joined(separator: " ")
        case .dns(let probe): probe.subject
        case .udp(let probe): probe.address.description
        case .icmp(let probe): probe.host
        case .process(let probe): probe.selector.subject
        case .tls(let probe): probe.address.description
        case .custom(let probe): ShownText.command([probe.settings.subject])[0]
        }
    }
}
