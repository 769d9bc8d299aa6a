// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension JSONPath {
    /// Why a path selects nothing definite.
    struct Ambiguity: Error, Hashable {
        /// The name that an object has more than once.
        let name: String
    }

    /// The values that the path leads to in `document`; none when it is absent.
    ///
    /// An object may not have a name twice that the path asks for (RFC 8259 section 4: what that means is unpredictable).
    /// - Complexity: linear in the size of the document: each step goes one level inwards.
    func values(in document: ParsedJSON) throws(Ambiguity) -> [ParsedJSON] {
        var values = [document]
        for step in steps {
            var inner: [ParsedJSON] = []
            for value in values { try Self.select(step, of: value, into: &inner) }
            values = inner
        }
        return asksForLength ? values.compactMap(Self.length) : values
    }

    private static func select(
        _ step: Step,
        of value: ParsedJSON,
        into found: inout [ParsedJSON]
    ) throws(Ambiguity) {
        switch (step, value) {
        case (.member(let name), .object(let members)):
            let matching = members.filter { $0.name.unicodeScalars.elementsEqual(name.unicodeScalars) }
            guard matching.count <= 1 else { throw Ambiguity(name: name) }
            found += matching.map(\.value)
        case (.element(let number), .array(let elements)):
            let index = number < 0 ? elements.count + number : number
            if elements.indices.contains(index) { found.append(elements[index]) }
        case (.every, .array(let elements)): found += elements
        case (.every, .object(let members)): found += members.map(\.value)
        default: break
        }
    }

    private static func length(_ value: ParsedJSON) -> ParsedJSON? {
        switch value {
        case .array(let elements): .number(String(elements.count))
        case .object(let members): .number(String(members.count))
        case .text(let text): .number(String(text.unicodeScalars.count))
        case .null, .truth, .number: nil
        }
    }
}
