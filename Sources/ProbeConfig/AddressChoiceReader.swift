// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Reads which addresses of its target a probe contacts, and from where: `family`, `resolve`, `policy`, `source`.
enum AddressChoiceReader {
    /// The choice of a mapping of its own, or nil after a complaint.
    static func read(_ field: Field) -> AddressChoice? {
        MappingReader(field, keys: ContractKeys.addressChoice).map(read)
    }

    /// The choice, whose keys stand among others; what could not be read keeps its default, after a complaint.
    static func read(_ mapping: MappingReader) -> AddressChoice {
        var choice = AddressChoice()
        mapping.read("family", into: &choice.family) { $0.choice() }
        choice.resolve = mapping.value("resolve", address)
        mapping.read("policy", into: &choice.policy) { $0.choice() }
        choice.source = mapping.value("source", address)
        if let source = choice.source, let field = mapping.field("source"), !choice.family.admits(source) {
            field.error("\(source) is not an address of the family \(choice.family.rawValue)")
        }
        if let resolve = choice.resolve, let field = mapping.field("resolve") {
            if !choice.family.admits(resolve) {
                field.error("\(resolve) is not an address of the family \(choice.family.rawValue)")
            } else if !choice.effectiveFamily.admits(resolve), let source = choice.source {
                field.error("\(resolve) cannot be reached from \(source), an address of another family")
            }
            if choice.policy != .first, let policy = mapping.field("policy") {
                policy.error(
                    "\"\(choice.policy.rawValue)\" needs several addresses, but resolve gives one",
                    DiagnosticDetail(.conflict)
                )
            }
        }
        return choice
    }

    /// Complains about what has no effect, or cannot be, on a host that is an address itself.
    static func check(_ choice: AddressChoice, of host: HostPort, in mapping: MappingReader) {
        guard let address = IPAddress(host.host) else { return }
        for key in ["resolve", "policy"] {
            guard let field = mapping.field(key), key == "resolve" || choice.policy != .first else { continue }
            field.keyError("has no effect: the host is an address", DiagnosticDetail(.noEffect))
        }
        guard !choice.effectiveFamily.admits(address) else { return }
        guard let field = mapping.field("family") ?? mapping.field("source") else { return }
        field.error("leaves no way to \(address), an address of another family")
    }

    private static func address(_ field: Field) -> IPAddress? {
        guard let text = field.filledText("an address") else { return nil }
        guard let address = IPAddress(text) else {
            field.error("\(VisibleText.quoted(text)) is not an address (use 192.0.2.1 or 2001:db8::1)")
            return nil
        }
        return address
    }
}

extension AddressFamily {
    /// Whether an address belongs to the family.
    fileprivate func admits(_ address: IPAddress) -> Bool {
        switch self {
        case .any: true
        case .ipv4: !address.isIPv6
        case .ipv6: address.isIPv6
        }
    }
}
