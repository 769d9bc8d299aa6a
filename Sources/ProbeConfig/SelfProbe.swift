// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Recognises a probe of the agent's own status, which would hold the aggregate down for ever once it is down.
enum SelfProbe {
    /// The listener that `probe` asks for the agent's status, or nil.
    static func listener(of probe: Probe, among listeners: [ListenerSettings]) -> ListenAddress? {
        guard case .http(let http) = probe, isStatusPath(http.url.pathAndQuery) else { return nil }
        return listeners.map(\.address).first { reaches($0, http.url.address) }
    }

    private static func isStatusPath(_ pathAndQuery: String) -> Bool {
        let path = pathAndQuery.prefix { $0 != "?" }
        return path == "/" || path == "/health" || path == "/readyz" || path == "/startupz"
            || path.hasPrefix("/readyz/") || path.hasPrefix("/health/") && path != "/health/live"
    }

    private static func reaches(_ listener: ListenAddress, _ target: HostPort) -> Bool {
        guard case .tcp(let address) = listener, address.port == target.port else { return false }
        let isEverywhere = address.host == "0.0.0.0" || address.host == "::"
        return address.host == target.host || ListenAddress.tcp(target).isLocal && (isEverywhere || listener.isLocal)
    }
}
