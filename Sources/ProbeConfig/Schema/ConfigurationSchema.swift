// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// The configuration as JSON Schema (draft 2020-12), for editors.
///
/// It is made of the tables that the reader goes by. What one value means for another is beyond it: `bellwether check` has
/// the last word.
package struct ConfigurationSchema {
    /// Which files it is about.
    package enum Subject: String, CaseIterable, Sendable {
        /// The files of the probes directory.
        case probes
        /// bellwether.yaml.
        case agent
    }

    private let subject: Subject
    private let kinds: [String]

    /// - Parameters:
    ///   - subject: which files.
    ///   - kinds: kinds of probes that were added to the built-in ones; whatever they hold is left to them.
    package init(of subject: Subject, kinds: (any CustomKinds)? = nil) {
        self.subject = subject
        self.kinds = kinds?.names ?? []
    }

    /// The document; the same for the same program.
    package var text: String { document.render() + "\n" }

    /// The places that it describes.
    var places: [SchemaPlace] {
        switch subject {
        case .probes: [file] + [probe] + SchemaPlace.common + SchemaPlace.httpPlaces + SchemaPlace.kinds
        case .agent: [file] + SchemaPlace.main + SchemaPlace.common
        }
    }

    private var document: SchemaValue {
        let title =
            switch subject {
            case .probes: "Probes of bellwether"
            case .agent: "Configuration of bellwether"
            }
        let about =
            switch subject {
            case .probes: "A file of probes.d: what is probed, how often, and what counts as healthy."
            case .agent:
                "bellwether.yaml: where the agent answers, what its status is made of, and defaults of all probes."
            }
        let head: SchemaValue = [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": .text("urn:bellwether:schema:\(subject.rawValue)"),
            "title": .text(title),
            "description": .text(about),
        ]
        let values = SchemaShape.shared.filter { subject == .probes || !["expression", "size"].contains($0.name) }
        let definitions =
            values.map { SchemaValue.Member(name: $0.name, value: $0.schema) }
            + places.dropFirst().map { SchemaValue.Member(name: $0.name, value: $0.schema) }
        return head.adding(places[0].schema).adding(["$defs": .object(definitions)])
    }

    /// The outermost mapping.
    private var file: SchemaPlace {
        switch subject {
        case .probes:
            SchemaPlace(
                name: "probeFile",
                known: ContractKeys.probeFile,
                keys: [
                    SchemaKey("defaults", "What the probes of this file say nothing about.", .place("defaults")),
                    SchemaKey("probes", "The probes, by name.", .free(.place("probe"), names: SchemaPlace.namePattern)),
                ]
            )
        case .agent:
            SchemaPlace(name: "mainFile", known: ContractKeys.mainFile, keys: SchemaPlace.mainFileKeys)
        }
    }

    private var probe: SchemaPlace {
        let added = kinds.map { SchemaKey($0, "A kind that was added to this agent.", .exactly([:])) }
        return SchemaPlace(
            name: "probe",
            known: KnownKeys(supported: ContractKeys.probe.supported + kinds),
            keys: SchemaPlace.kindKeys + added + SchemaPlace.commonKeys,
            rules: SchemaPlace.one(of: ContractKeys.kinds.supported + kinds)
        )
    }
}
