// SPDX-License-Identifier: Apache-2.0

/// One kind of probe with all that this kind needs.
package enum Probe: Hashable, Sendable {
    case http(HTTPProbe)
    case tcp(TCPProbe)
    case grpc(GRPCProbe)
    case script(ScriptProbe)

    /// The word for the kind, as in the configuration: `http`, `tcp`, `grpc`, `script`.
    package var kind: String {
        switch self {
        case .http: "http"
        case .tcp: "tcp"
        case .grpc: "grpc"
        case .script: "script"
        }
    }

    /// What is probed, for people: the URL, the address, or the command line.
    package var subject: String {
        switch self {
        case .http(let probe): probe.url.text
        case .tcp(let probe): probe.address.description
        case .grpc(let probe): probe.service.isEmpty ? probe.address.description : "\(probe.address) \(probe.service)"
        case .script(let probe): probe.command.joined(separator: " ")
        }
    }
}
