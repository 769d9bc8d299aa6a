// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Recognises a probe of the agent's own status, which would hold the aggregate down for ever once it is down.
struct SelfProbe {
    /// Where the agent answers.
    let agent: AgentSettings
    /// The name of this machine.
    let hostname: String

    /// The listener that `probe` asks for the agent's status, or nil.
    func listener(of probe: Probe) -> ListenAddress? {
        switch probe {
        case .http(let http):
            guard Self.isStatusPath(http.url.pathAndQuery), http.proxy == nil else { return nil }
            if let path = http.unixSocket { return addresses.first { $0 == .unix(path: path) } }
            return addresses.first { reaches($0, http.url.address, http.address.resolve) }
        case .grpc(let grpc): return addresses.first { reaches($0, grpc.address, grpc.addresses.resolve) }
        case .tcp(let tcp) where tcp.dialog.contains { if case .expect = $0 { true } else { false } }:
            guard let address = agent.agentCheck.map(ListenAddress.tcp) else { return nil }
            return reaches(address, tcp.address, tcp.addresses.resolve) ? address : nil
        default: return nil
        }
    }

    private var addresses: [ListenAddress] { agent.listeners.map(\.address) }

    private static func isStatusPath(_ pathAndQuery: String) -> Bool {
        let path = pathAndQuery.prefix { $0 != "?" }
        return path == "/" || path == "/health" || path == "/readyz" || path == "/startupz"
            || path.hasPrefix("/readyz/") || path.hasPrefix("/health/") && path != "/health/live"
    }

    /// Whether a connection to `target`, or to the address that is set for it, arrives at `listener`.
    private func reaches(_ listener: ListenAddress, _ target: HostPort, _ resolved: IPAddress?) -> Bool {
        guard case .tcp(let address) = listener, address.port == target.port else { return false }
        let pinned = resolved.flatMap { try? HostPort("\($0.hostText):\(target.port)") }
        let target = pinned ?? target
        if address.host == target.host { return true }
        let isEverywhere = address.host == "0.0.0.0" || address.host == "::"
        let isThisMachine = ListenAddress.tcp(target).isLocal || target.host == hostname.lowercased()
        return isEverywhere ? isThisMachine : listener.isLocal && ListenAddress.tcp(target).isLocal
    }
}
