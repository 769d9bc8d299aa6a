// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// A whole configuration, checked.
package struct Configuration: Hashable, Sendable {
    /// What bellwether.yaml says about the agent itself.
    package let agent: AgentSettings
    /// Every probe of every file, sorted by name.
    package let probes: [ProbeSpec]
    /// What looks wrong but is legal, by file and position.
    package let warnings: [Diagnostic]
    /// The files that probes name, in the order in which they were found.
    package let namedFiles: [NamedFile]
    /// The secrets kept elsewhere that probes name, in the order in which they were found.
    package let namedSecrets: [NamedSecret]

    /// Reads all files together.
    ///
    /// - Parameters:
    ///   - main: bellwether.yaml; nil when there is none, then every built-in value holds.
    ///   - probeFiles: the files of the probes directory in the order of their names.
    ///   - variables: what `${…}` stands for.
    ///   - kinds: kinds of probes that were added to the built-in ones.
    ///   - zones: who knows the time zones of maintenance windows; nil = only UTC is known.
    /// - Throws: everything that is wrong in all the files.
    /// - Complexity: linear in the size of the files, plus a bounded search for each unknown key.
    package init(
        main: ConfigurationSource?,
        probeFiles: [ConfigurationSource],
        variables: TextVariables = .none,
        kinds: (any CustomKinds)? = nil,
        zones: (any ZoneSource)? = nil
    ) throws(ConfigurationRefusal) {
        let reading = WholeReading(
            main: main,
            probeFiles: probeFiles,
            variables: variables,
            kinds: kinds,
            zones: zones
        )
        guard !reading.diagnostics.contains(where: { $0.severity == .error }) else {
            throw ConfigurationRefusal(diagnostics: reading.diagnostics)
        }
        let agent = reading.main.agent
        self.agent = agent
        namedFiles = reading.sink.files
        namedSecrets = reading.sink.secrets
        var probes = reading.probes.map(\.spec).sorted { $0.name < $1.name }
        for index in probes.indices.dropFirst() { probes[index].share(with: probes[index - 1]) }
        self.probes = probes
        warnings = reading.diagnostics + (reading.probes.isEmpty ? [Self.noProbes(in: agent, main: main)] : [])
    }

    /// The probes directory that `main` names, without judging the rest of it; the built-in one where it names none.
    ///
    /// So the files of the directory can be found before everything is read together, even when `main` is wrong.
    package static func probesDirectory(in main: ConfigurationSource?, variables: TextVariables = .none) -> String {
        MainFile(main, variables: variables, sink: DiagnosticSink()).agent.probesDirectory
    }

    /// Every key that a probe may have already, so that no added kind can be called so.
    package static var probeKeys: [String] { ContractKeys.probe.supported }

    private static func noProbes(in agent: AgentSettings, main: ConfigurationSource?) -> Diagnostic {
        Diagnostic(
            severity: .warning,
            location: FileLocation(path: main?.path ?? agent.probesDirectory, position: nil),
            keyPath: "probes",
            message: "no probes: no file in \(VisibleText.make(agent.probesDirectory)) defines any",
            detail: DiagnosticDetail(.noProbes)
        )
    }
}

/// Why a configuration is refused: every error of every file, and the warnings between them.
package struct ConfigurationRefusal: Error, Hashable {
    /// By file, then by position; at least one is an error.
    package let diagnostics: [Diagnostic]
}
