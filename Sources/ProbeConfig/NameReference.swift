// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The name of a group or of another probe, with where it is written.
struct NameReference {
    let name: TargetName
    let field: Field
}

extension Field {
    /// The most names in one list.
    private static let mostNames = 32

    /// A list of names of `things`; a single name stands for a list of one.
    ///
    /// Whether something is called so is seen when everything is read.
    ///
    /// - Returns: nil, after a complaint, when one of them is no name.
    func names(of things: String) -> [NameReference]? {
        guard let items = items(wrapsSingle: true) else { return nil }
        guard items.count <= Self.mostNames else {
            error("\(items.count) names (at most \(Self.mostNames))", DiagnosticDetail(.tooMany))
            return nil
        }
        let names = items.map { item -> NameReference? in
            guard let text = item.filledText("the name of a \(things)") else { return nil }
            guard let name = TargetName(text) else {
                item.error(
                    "\(VisibleText.quoted(text)) is not the name of a \(things) "
                        + "(1 to \(TargetName.maximumLength) of a-z 0-9 . _ -)",
                    DiagnosticDetail(.invalidName)
                )
                return nil
            }
            return NameReference(name: name, field: item)
        }
        return names.contains { $0 == nil } ? nil : names.compactMap(\.self)
    }
}
