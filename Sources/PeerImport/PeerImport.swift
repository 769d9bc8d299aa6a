// SPDX-License-Identifier: Apache-2.0

import HealthModel
package import ProbeConfig
import YAMLEvents

/// Makes a file of probes.d out of a peer's definitions: a pure function of the sources and options.
///
/// Every probe that it writes was read by the reader of the configuration; what the reader refuses is left out and noted.
package enum PeerImport {
    /// The most probes that are made; modules times targets may be many.
    static let mostProbes = 5_000

    /// Converts `source`.
    ///
    /// - Returns: the file and what it does not say, the same for the same input.
    /// - Throws: what is wrong with the source, or that nothing of it could be carried.
    package static func convert(
        _ source: ConfigurationSource,
        from peer: Peer,
        options: ImportOptions = ImportOptions()
    ) throws(ImportRefusal) -> ImportedProbes {
        let log = ImportLog()
        let drafts =
            switch peer {
            case .blackbox: BlackboxImport(options: options, log: log).probes(source)
            case .gatus: GatusImport(log: log).probes(source)
            case .haproxy: HAProxyImport(log: log).probes(source)
            case .kubernetes: KubernetesImport(host: options.host, log: log).probes(source)
            }
        let paths = [source.path] + (options.prometheus.map { [$0.path] } ?? [])
        guard log.diagnostics.isEmpty else { throw ImportRefusal(diagnostics: log.diagnostics, notes: []) }
        var names = ProbeNames()
        var (lines, count): ([String], Int) = ([], 0)
        for draft in drafts.prefix(mostProbes) {
            let name = names.legal(draft.name)
            let probe = self.lines(of: draft, name: name)
            if let complaint = complaint(about: probe) {
                log.note(draft.origin, "\(name) is left out: \(complaint)")
                continue
            }
            names.use(name)
            lines += probe
            count += 1
        }
        if drafts.count > mostProbes {
            log.note(
                Origin(path: source.path, line: nil),
                "\(drafts.count) probes: only the first \(mostProbes) are carried"
            )
        }
        let notes = log.sorted(paths: paths)
        guard count > 0 else {
            throw ImportRefusal(diagnostics: [nothing(in: source, peer)], notes: notes)
        }
        let head = DraftWriter.comment(
            "Made by `bellwether import \(peer.rawValue)` from \(paths.joined(separator: " and "))."
        )
        let text = ([head, "probes:"] + lines).joined(separator: "\n") + "\n"
        try check(text, notes: notes)
        return ImportedProbes(text: text, count: count, notes: notes)
    }

    private static func lines(of draft: ProbeDraft, name: String) -> [String] {
        ([draft.origin.text] + draft.remarks).map { "  " + DraftWriter.comment($0) }
            + ["  \(DraftWriter.text(name)):"] + DraftWriter.lines(draft.body, indentation: 4)
    }

    /// What the reader has against a probe.
    private static func complaint(about lines: [String]) -> String? {
        let text = (["probes:"] + lines).joined(separator: "\n") + "\n"
        let file = ConfigurationSource(path: "probe", bytes: Array(text.utf8))
        do throws(ConfigurationRefusal) {
            _ = try Configuration(main: nil, probeFiles: [file])
            return nil
        } catch {
            return error.diagnostics.first { $0.severity == .error }?.message ?? "it is not legal"
        }
    }

    /// The whole may be too much where its parts are not.
    private static func check(_ text: String, notes: [ImportNote]) throws(ImportRefusal) {
        let file = ConfigurationSource(path: "the result", bytes: Array(text.utf8))
        do throws(ConfigurationRefusal) {
            _ = try Configuration(main: nil, probeFiles: [file])
        } catch {
            throw ImportRefusal(diagnostics: error.diagnostics, notes: notes)
        }
    }

    private static func nothing(in source: ConfigurationSource, _ peer: Peer) -> Diagnostic {
        let hint =
            switch peer {
            case .blackbox: "no module has a target: name some with --target, or prometheus.yml with --prometheus"
            case .gatus: "no endpoint could be carried"
            case .haproxy: "no server line with check could be carried"
            case .kubernetes: "no probe of a container could be carried"
            }
        return Diagnostic(
            severity: .error,
            location: FileLocation(path: source.path, position: nil),
            keyPath: "",
            message: hint
        )
    }
}
