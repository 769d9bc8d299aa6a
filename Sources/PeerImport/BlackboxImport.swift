// SPDX-License-Identifier: Apache-2.0

import ProbeConfig
import YAMLEvents

/// Carries blackbox_exporter's modules over (its CONFIGURATION.md): each module becomes a probe for each of its targets.
struct BlackboxImport {
    let options: ImportOptions
    let log: ImportLog

    /// What names a target of a module.
    struct Target {
        var module: String
        var address: String
        var interval: Span?
        var timeout: Span?
        var labels: [(key: String, value: String)] = []
        var origin: Origin?
    }

    /// The probes, in the order of modules and targets.
    func probes(_ source: ConfigurationSource) -> [ProbeDraft] {
        guard let root = PeerValue.documents(source, log: log).first else {
            complainOfEmpty(source)
            return []
        }
        guard let modules = root["modules"], modules.isMapping else {
            log.error(root.origin, "no modules: this is no configuration of blackbox_exporter")
            return []
        }
        var targets = PrometheusTargets(log: log).read(options.prometheus)
        targets += given(among: modules.entries.map(\.key), root.origin)
        let byModule = Dictionary(grouping: targets, by: \.module)
        let names = Set(modules.entries.map(\.key))
        var drafts: [ProbeDraft] = []
        for (name, module) in modules.entries {
            guard module["prober"] != nil else {
                log.error(module.origin, "module \(name) has no prober")
                continue
            }
            let own = byModule[name] ?? []
            if own.isEmpty { log.note(module.origin, "module \(name) has no target") }
            for target in own {
                guard drafts.count <= PeerImport.mostProbes else { return drafts }
                if let draft = probe(name, module, target) { drafts.append(draft) }
            }
        }
        for target in targets where !names.contains(target.module) {
            log.note(target.origin ?? root.origin, "there is no module \(target.module) for \(target.address)")
        }
        return drafts
    }

    private func complainOfEmpty(_ source: ConfigurationSource) {
        guard log.diagnostics.isEmpty else { return }
        log.error(Origin(path: source.path, line: nil), "the file is empty")
    }

    /// The targets of the command line.
    private func given(among modules: [String], _ origin: Origin) -> [Target] {
        options.targets.compactMap { text in
            if let sign = text.firstIndex(of: "="), modules.contains(String(text[..<sign])) {
                return Target(module: String(text[..<sign]), address: String(text[text.index(after: sign)...]))
            }
            if let only = modules.first, modules.count == 1 { return Target(module: only, address: text) }
            log.error(
                origin,
                "target \(text) names no module (write module=target; there are \(modules.prefix(20).joined(separator: ", ")))"
            )
            return nil
        }
    }

    private func probe(_ name: String, _ value: PeerValue, _ target: Target) -> ProbeDraft? {
        var module = PeerMapping(value)
        guard let prober = module.take("prober")?.text else { return nil }
        var draft = ProbeDraft(name: "\(name)-\(Self.bare(target.address))", origin: value.origin)
        if let origin = target.origin { draft.remarks.append("target at \(origin.text)") }
        let timeout = module.take("timeout")?.duration()
        let settings =
            module.take(prober)
            ?? PeerValue(
                node: YAMLNode(position: value.node.position, content: .mapping([])),
                path: value.path,
                log: log
            )
        switch prober {
        case "http": draft.body["http"] = BlackboxHTTP(log: log).settings(settings, address: target.address)
        case "tcp": draft.body["tcp"] = BlackboxTCP(log: log).settings(settings, address: target.address)
        case "icmp": draft.body["icmp"] = icmp(settings, address: target.address)
        case "dns": draft.body["dns"] = BlackboxDNS(log: log).settings(settings, server: target.address)
        case "grpc": draft.body["grpc"] = grpc(settings, address: target.address)
        default:
            log.note(value.origin, "module \(name): prober \(prober) is not carried")
            return nil
        }
        module.reportRest("module \(name): ")
        // Prometheus scrapes once a minute, and gives a scrape 10 s, unless it is told otherwise.
        let interval = target.interval ?? .seconds(60)
        let bounds = [timeout, target.timeout ?? .seconds(10), interval].compactMap(\.self)
        Pace(interval: interval, timeout: bounds.min() ?? interval).write(to: &draft.body, draft.origin, log)
        if !target.labels.isEmpty {
            var tags = DraftMapping()
            for (key, value) in target.labels { tags[key] = .text(value) }
            draft.body["tags"] = .mapping(tags)
        }
        return draft
    }

    private func icmp(_ value: PeerValue, address: String) -> Draft {
        var settings = PeerMapping(value)
        var icmp = DraftMapping()
        icmp["address"] = .text(address)
        if let size = settings.take("payload_size")?.text, let number = Int(size) { icmp["size"] = .whole(number) }
        BlackboxFamily(log: log).ignorePreference(&settings)
        settings.reportRest("icmp.")
        return icmp.entries.count == 1 ? .text(address) : .mapping(icmp)
    }

    private func grpc(_ value: PeerValue, address: String) -> Draft {
        var settings = PeerMapping(value)
        var grpc = DraftMapping()
        grpc["address"] = .text(address)
        if let service = settings.take("service")?.text, !service.isEmpty { grpc["service"] = .text(service) }
        let security = BlackboxTLS(log: log).settings(settings.take("tls_config"))
        if settings.take("tls")?.isTrue == true { grpc["tls"] = security.isEmpty ? .word("true") : .mapping(security) }
        if let metadata = settings.take("metadata"), metadata.isMapping {
            var fields = DraftMapping()
            for (key, value) in metadata.entries { fields[key.lowercased()] = .texts(value.texts) }
            grpc["metadata"] = .mapping(fields)
        }
        if let family = BlackboxFamily(log: log).family(&settings) { grpc["family"] = .word(family) }
        settings.reportRest("grpc.")
        return grpc.entries.count == 1 ? .text(address) : .mapping(grpc)
    }

    /// A target without scheme and what makes a name long.
    static func bare(_ address: String) -> String {
        let rest = TargetText.scheme(of: address)?.rest ?? address
        return String(rest.prefix { $0 != "?" && $0 != "#" })
    }
}
