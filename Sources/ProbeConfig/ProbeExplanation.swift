// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// The effective definition of a probe, where each value comes from, and what follows from it.
package struct ProbeExplanation: Hashable, Sendable {
    /// The definition in force.
    package let spec: ProbeSpec
    /// Where the probe is defined.
    package let definition: FileLocation
    /// Its values: those of its kind in the order written, then those built in; then those that every probe has.
    package let values: [ExplainedValue]
    /// How fast a change is found at most.
    package let time: ReactionTime
    /// How others ask for this target at the agent; empty where no listener has a TCP address.
    package let snippets: [ConsumerSnippet]

    /// Why there is none.
    package struct Unknown: Error, Hashable {
        /// In lower case, without a full stop: `no probe is called "x" (did you mean "y"?)`.
        package let message: String

        package init(message: String) {
            self.message = message
        }
    }

    /// Reads all files as `Configuration` does, which must have taken them.
    ///
    /// - Throws: that no probe is called so.
    package init(
        of name: String,
        main: ConfigurationSource?,
        probeFiles: [ConfigurationSource],
        variables: TextVariables = .none,
        kinds: (any CustomKinds)? = nil,
        zones: (any ZoneSource)? = nil
    ) throws(Unknown) {
        let reading = WholeReading(
            main: main,
            probeFiles: probeFiles,
            variables: variables,
            kinds: kinds,
            zones: zones
        )
        guard let read = reading.probes.first(where: { $0.spec.name.text == name }) else {
            let near = Suggestion.nearest(to: name, in: reading.probes.map(\.spec.name.text).sorted())
            let hint = near.map { " (did you mean \"\($0)\"?)" } ?? ""
            throw Unknown(message: "no probe is called \(VisibleText.quoted(name))\(hint)")
        }
        spec = read.spec
        definition = read.field.keyLocation
        values = KindValues(read).values + CommonValues(read).values
        time = ReactionTime(read.spec)
        snippets = ConsumerSnippet.all(for: read.spec, agent: reading.main.agent, hostname: variables.hostname)
    }
}

/// A value in force and where it comes from.
package struct ExplainedValue: Hashable, Sendable {
    /// The keys that lead to it below the probe: `http.method`, `breaker.open_for`.
    package let key: String
    /// The value as a file may write it; `***` for a secret that stands in the file.
    package let value: String
    package let origin: Origin

    /// Where a value comes from.
    package enum Origin: Hashable, Sendable {
        /// From no file.
        case builtIn
        /// From the probe itself.
        case probe(FileLocation)
        /// From the `defaults` of its file or of bellwether.yaml.
        case defaults(FileLocation)
    }
}
