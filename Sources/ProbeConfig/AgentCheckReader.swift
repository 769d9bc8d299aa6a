// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Reads `agent_check`: where HAProxy's agent checks are answered.
enum AgentCheckReader {
    /// The address, or nil after a complaint.
    ///
    /// - Parameters:
    ///   - field: the mapping.
    ///   - listeners: the addresses that are taken.
    /// - Returns: the address.
    static func read(_ field: Field, besides listeners: [ListenerSettings]) -> HostPort? {
        guard let mapping = MappingReader(field, keys: ContractKeys.agentCheck),
            let field = mapping.required("address", "write address: 0.0.0.0:9798"),
            let text = field.filledText("host:port")
        else { return nil }
        let address: HostPort
        do {
            address = try HostPort(text, allowsPortZero: true)
        } catch {
            field.error("\(VisibleText.quoted(text)) is not an address: \(VisibleText.make(error.message))")
            return nil
        }
        guard address.port == 0 || !listeners.contains(where: { $0.address == .tcp(address) }) else {
            field.error("\(address) is already listened on for HTTP", DiagnosticDetail(.duplicate))
            return nil
        }
        return address
    }
}
