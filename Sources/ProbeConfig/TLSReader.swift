// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `tls`, the same for every kind of probe that has it.
enum TLSReader {
    /// The longest time for which sessions can be resumed: a day; TLS 1.3 allows a week (RFC 8446 section 4.6.1).
    static let longestResumption = Duration.days(1)

    /// A `tls` that could be read.
    enum Reading {
        case settings(TLSSettings)
        /// `tls: false`.
        case off
    }

    /// The longest time before a certificate's end that can be asked for: ten years.
    static let longestExpiry = Duration.days(3_650)

    /// What a kind that may do without TLS says: `true` with every default, `false`, or settings; nil after a complaint.
    static func choice(_ field: Field) -> Reading? {
        if case .scalar = field.node.content {
            return field.truth().map { $0 ? .settings(TLSSettings()) : .off }
        }
        return settings(field).map { .settings($0) }
    }

    /// The settings; nil after a complaint.
    static func settings(_ field: Field) -> TLSSettings? {
        guard let mapping = MappingReader(field, keys: ContractKeys.tls) else { return nil }
        var settings = settings(mapping)
        // Not for probes of the kind `tls`, which are there to see the certificate.
        mapping.read("resume", into: &settings.resumption) { $0.duration(in: Limits.resumption) }
        return settings
    }

    /// The settings among the keys of `mapping`; what was complained of is as built in.
    static func settings(_ mapping: MappingReader) -> TLSSettings {
        var settings = TLSSettings()
        settings.authorityFile = mapping.value("ca", file)
        settings.certificateFile = mapping.value("certificate", file)
        settings.keyFile = mapping.value("key", file)
        settings.serverName = mapping.value("server_name", serverName)
        mapping.read("min_version", into: &settings.minimumVersion) { $0.choice() }
        mapping.read("verify", into: &settings.verify) { $0.truth() }
        mapping.read("expiry", into: &settings.expiry, expiry)
        requirePair(mapping)
        return settings
    }

    private static func file(_ field: Field) -> String? {
        guard let path = field.absolutePath() else { return nil }
        field.sink.name(NamedFile(path: path, keyPath: field.keyPath, location: field.location))
        return path
    }

    private static func requirePair(_ mapping: MappingReader) {
        switch (mapping.field("certificate"), mapping.field("key")) {
        case (let certificate?, nil):
            certificate.keyError(
                "needs its key (write key: /path, the same file where it holds both)",
                DiagnosticDetail(.missingKey)
            )
        case (nil, let key?):
            key.keyError("needs its certificate (write certificate: /path)", DiagnosticDetail(.missingKey))
        default: break
        }
    }

    private static func serverName(_ field: Field) -> String? {
        guard let text = field.filledText("a host name") else { return nil }
        guard let host = try? HostPort(text, defaultPort: 443), !text.contains(":") else {
            field.error("\(VisibleText.quoted(text)) is not a host name")
            return nil
        }
        return host.host
    }

    private static func expiry(_ field: Field) -> CertificateExpiry? {
        guard let mapping = MappingReader(field, keys: ContractKeys.tlsExpiry) else { return nil }
        var expiry = CertificateExpiry()
        expiry.degraded = mapping.value("degraded") { $0.duration(in: Limits.expiry) }
        expiry.unhealthy = mapping.value("unhealthy") { $0.duration(in: Limits.expiry) }
        if let degraded = expiry.degraded, let unhealthy = expiry.unhealthy, degraded <= unhealthy,
            let field = mapping.field("degraded")
        {
            field.error(
                "\(DurationText.render(degraded)) is not longer than unhealthy, \(DurationText.render(unhealthy))",
                DiagnosticDetail(.outOfRange)
            )
        }
        return expiry
    }
}
