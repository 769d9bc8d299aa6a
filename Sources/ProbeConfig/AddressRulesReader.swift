// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Reads `addresses` of bellwether.yaml: what no probe may connect to.
enum AddressRulesReader {
    /// The most blocks.
    static let mostBlocks = 256

    /// The rules, or nil after a complaint.
    static func read(_ field: Field) -> AddressRules? {
        guard let mapping = MappingReader(field, keys: ContractKeys.addresses) else { return nil }
        return mapping.value("deny", blocks).map { AddressRules(denied: $0) }
    }

    private static func blocks(_ field: Field) -> [AddressBlock]? {
        guard let items = field.items(wrapsSingle: true) else { return nil }
        guard items.count <= mostBlocks else {
            field.error("\(items.count) addresses (at most \(mostBlocks))", DiagnosticDetail(.tooMany))
            return nil
        }
        return items.compactMap(block)
    }

    private static func block(_ field: Field) -> AddressBlock? {
        guard let text = field.filledText("an address or a block") else { return nil }
        do {
            return try AddressBlock(text)
        } catch {
            field.error("\(VisibleText.quoted(text)) cannot be denied: \(error.message)")
            return nil
        }
    }
}
