// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// The values in force of the keys of a probe's own kind: the written ones, then those built in.
struct KindValues {
    private let kind: String
    private let field: Field?
    private let probe: Probe

    init(_ read: ReadProbe) {
        kind = read.spec.probe.kind
        field = read.field.written(kind)
        probe = read.spec.probe
    }

    /// All of them.
    var values: [ExplainedValue] {
        let written = field.map { leaves(of: $0, path: kind) } ?? []
        let known = Set(written.map(\.key))
        let builtIn = probe.builtInValues.map { (key: "\(kind).\($0)", value: $1) }.filter { entry in
            !known.contains { $0 == entry.key || $0.hasPrefix(entry.key + ".") || $0.hasPrefix(entry.key + "[") }
        }
        return written + builtIn.map { ExplainedValue(key: $0.key, value: $0.value, origin: .builtIn) }
    }

    private func leaves(of field: Field, path: String) -> [ExplainedValue] {
        switch field.node.content {
        case .scalar(let scalar):
            return scalar.isNull ? [] : [leaf(path, text(of: field, scalar), field)]
        case .sequence(let nodes):
            let texts = nodes.enumerated().map { index, node -> String? in
                if case .scalar(let scalar) = node.content { text(of: field.item(index, node), scalar) } else { nil }
            }
            guard texts.contains(nil) else {
                return [leaf(path, "[\(texts.compactMap(\.self).joined(separator: ", "))]", field)]
            }
            return nodes.enumerated().flatMap { leaves(of: field.item($0, $1), path: "\(path)[\($0)]") }
        case .mapping(let entries):
            return entries.flatMap { leaves(of: field.child($0), path: "\(path).\(VisibleText.make($0.key))") }
        }
    }

    private func leaf(_ path: String, _ text: String, _ field: Field) -> ExplainedValue {
        ExplainedValue(key: path, value: text, origin: .probe(field.location))
    }

    /// What is written, `${hostname}` and `${probe}` replaced; a variable of the environment may be a secret, and stays.
    private func text(of field: Field, _ scalar: YAMLScalar) -> String {
        guard !field.sink.isHidden(field.location) else { return "***" }
        guard scalar.text.firstRange(of: "${env:") == nil else { return VisibleText.make(scalar.text) }
        let isPattern = ["expect", "matches", "not_matches"].contains(field.key)
        let text = isPattern ? scalar.text : field.quietlyReplaced(scalar.text)
        return VisibleText.make(text)
    }
}

extension Field {
    /// `text` with its variables replaced, as far as they stand for something.
    fileprivate func quietlyReplaced(_ text: String) -> String {
        TextPiece.pieces(of: text).reduce(into: "") { result, piece in
            switch piece {
            case .literal(let literal): result += literal
            case .variable(let name, _): result += (try? variables.value(of: name)) ?? "${\(name)}"
            case .unclosed: result += "${"
            }
        }
    }
}

extension Probe {
    /// The built-in values of this kind's keys that have one, from the model itself.
    fileprivate var builtInValues: [(String, String)] {
        switch self {
        case .http(let probe):
            let usual = HTTPProbe(url: probe.url)
            return [
                ("method", usual.method), ("expect.status", Self.ranges(usual.expect.statuses)),
                ("redirects", "\(usual.redirects)"), ("connection", usual.connection.rawValue),
                ("version", usual.version.rawValue), ("max_body", SizeText.render(usual.maximumBodyBytes)),
                ("decompress", "\(usual.decompresses)"),
            ] + Self.address(usual.address, below: "address.") + (probe.url.isSecure ? Self.tls(usual.tls) : [])
        case .tcp(let probe): return Self.address(TCPProbe(address: probe.address).addresses, below: "")
        case .grpc(let probe):
            let usual = GRPCProbe(address: probe.address)
            return [("mode", usual.mode.rawValue), ("tls", "false")] + Self.address(usual.addresses, below: "")
        case .webSocket(let probe):
            let usual = WebSocketProbe(url: probe.url)
            return [("ping", "\(usual.ping)"), ("max_message", SizeText.render(usual.maximumMessageBytes))]
                + Self.address(usual.address, below: "address.") + (probe.url.isSecure ? Self.tls(usual.tls) : [])
        case .script(let probe):
            let usual = ScriptProbe(command: probe.command)
            return [
                ("directory", usual.directory), ("mode", usual.mode.rawValue),
                ("max_output", SizeText.render(usual.maximumOutputBytes)), ("protocol", usual.exitProtocol.rawValue),
            ]
        case .dns(let probe):
            let usual = DNSProbe(name: probe.name)
            return [
                ("type", usual.type.rawValue), ("transport", usual.transport.rawValue),
                ("recursion", "\(usual.recursion)"),
            ]
        case .icmp(let probe):
            let usual = ICMPProbe(host: probe.host)
            return [
                ("count", "\(usual.count)"), ("size", "\(usual.size)"),
                ("maximum_loss", RateText.render(usual.maximumLoss)),
            ]
        case .process: return [("minimum", "1")]
        case .tls(let probe):
            let usual = TLSProbe(address: probe.address).settings
            let warning = usual.expiry.degraded.map { ("expiry.degraded", DurationText.render($0)) }
            return [("min_version", usual.minimumVersion.rawValue), ("verify", "\(usual.verify)")]
                + (warning.map { [$0] } ?? [])
        case .udp, .custom: return []
        }
    }

    private static func address(_ usual: AddressChoice, below prefix: String) -> [(String, String)] {
        [(prefix + "family", usual.family.rawValue), (prefix + "policy", usual.policy.rawValue)]
    }

    private static func tls(_ usual: TLSSettings) -> [(String, String)] {
        [("tls.min_version", usual.minimumVersion.rawValue), ("tls.verify", "\(usual.verify)")]
    }

    private static func ranges(_ ranges: [ClosedRange<Int>]) -> String {
        let texts = ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        return "[\(texts.joined(separator: ", "))]"
    }
}
