// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// All files, read together and checked against each other.
struct WholeReading {
    /// What bellwether.yaml says.
    let main: MainFile
    /// Every probe that could be read.
    let probes: [ReadProbe]
    /// Where complaints went.
    let sink: DiagnosticSink
    /// Every complaint, by file and position.
    let diagnostics: [Diagnostic]

    /// Reads; the parameters are those of `Configuration`.
    init(
        main: ConfigurationSource?,
        probeFiles: [ConfigurationSource],
        variables: TextVariables,
        kinds: (any CustomKinds)?,
        zones: (any ZoneSource)?
    ) {
        let sink = DiagnosticSink()
        let file = MainFile(main, variables: variables, zones: zones, sink: sink)
        var reader = ProbeFileReader(
            agent: file.agent,
            mainDefaults: file.defaults,
            variables: variables,
            kinds: kinds,
            zones: zones,
            sink: sink
        )
        for source in probeFiles { reader.read(source) }
        DependencyCheck(probes: reader.probes, names: reader.names, sink: sink).report()
        GroupCheck(fields: file.aggregate, probes: reader.probes, sink: sink).report()
        ProbeReview(agent: file.agent, hostname: variables.hostname, sink: sink).report(reader.probes)
        self.main = file
        probes = reader.probes
        self.sink = sink
        diagnostics = sink.sorted(paths: (main.map { [$0.path] } ?? []) + probeFiles.map(\.path))
    }
}
