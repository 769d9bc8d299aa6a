// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers

/// Hides secrets in what a probe said and heard, whoever said it.
///
/// Hidden are the values of fields that carry credentials, of the probe's own secret fields, and every text that a secret of the
/// probe stands for, wherever it occurs; also the base64 form in which `auth: {basic: …}` sends it.
struct TraceRedaction {
    /// Fields whose values are never shown, in lower case.
    static let hiddenFields: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "set-cookie",
    ]
    private static let mask = Array("***".utf8)

    private let fields: Set<String>
    private let secrets: [Secret]
    private let pairs: [(user: Secret, password: Secret)]
    /// What is hidden wherever it occurs, longest first; grows when a secret is replaced.
    private var hidden: [[UInt8]] = []

    /// The rules for a probe; ``refresh(reading:)`` finds out what its secrets are.
    init(_ probe: Probe) {
        var fields = Self.hiddenFields
        var secrets: [Secret] = []
        var pairs: [(user: Secret, password: Secret)] = []
        for field in probe.secretFields {
            fields.insert(field.name.lowercased())
            secrets.append(field.value)
        }
        if case .http(let probe) = probe {
            switch probe.credentials {
            case .basic(let user, let password):
                secrets.append(password)
                pairs.append((user, password))
            case .bearer(let token): secrets.append(token)
            case nil: break
            }
        }
        (self.fields, self.secrets, self.pairs) = (fields, secrets, pairs)
    }

    /// The rules with these texts hidden, for tests.
    init(hiding texts: [String], fields: Set<String> = hiddenFields) {
        (self.fields, secrets, pairs) = (fields, [], [])
        hide(texts)
    }

    /// Reads the secrets as they are now; a secret that cannot be had was not sent either.
    mutating func refresh(reading reader: SecretReader) {
        hide(secrets.compactMap { try? reader.text(of: $0) })
        hide(
            pairs.compactMap { pair in
                guard let user = try? reader.text(of: pair.user), let password = try? reader.text(of: pair.password)
                else {
                    return nil
                }
                return Base64.encode(Array("\(user):\(password)".utf8))
            }
        )
    }

    /// `bytes` with what is hidden replaced by `***`.
    ///
    /// - Parameters:
    ///   - bytes: what was said or heard.
    ///   - isCut: whether more followed: the beginning of a secret at the end is hidden, too, then.
    /// - Returns: the bytes to show.
    func applied(to bytes: [UInt8], isCut: Bool) -> [UInt8] {
        var bytes = withoutFieldValues(bytes)
        for secret in hidden { bytes = Self.replacing(secret, in: bytes, isCut: isCut) }
        return bytes
    }

    private mutating func hide(_ texts: [String]) {
        for bytes in texts.map({ Array($0.utf8) }) where !bytes.isEmpty && !hidden.contains(bytes) {
            hidden.append(bytes)
        }
        hidden.sort { $0.count > $1.count }
    }

    private static func replacing(_ secret: [UInt8], in bytes: [UInt8], isCut: Bool) -> [UInt8] {
        var result: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let rest = bytes[index...]
            if rest.starts(with: secret) || isCut && rest.count < secret.count && secret.starts(with: rest) {
                result += mask
                index += min(secret.count, rest.count)
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    /// Masks lines that are a hidden field, with the lines that continue it (RFC 9112, section 5.2).
    private func withoutFieldValues(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var isHidden = false
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init) {
            let continues = line.first == 0x20 || line.first == 0x09
            let colon = line.firstIndex(of: 0x3A)
            let name = colon.map { String(decoding: line[..<$0], as: UTF8.self).lowercased() }
            isHidden = continues ? isHidden : name.map { fields.contains(Self.trimmed($0)) } ?? false
            if isHidden {
                if let colon, !continues { result += line[...colon] + [0x20] }
                result += Self.mask + (line.last == 0x0D ? [0x0D] : [])
            } else {
                result += line
            }
            result.append(0x0A)
        }
        if !result.isEmpty { result.removeLast() }
        return result
    }

    private static func trimmed(_ name: String) -> String {
        String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

extension Probe {
    /// The fields that it sends and that are read from files or the environment.
    fileprivate var secretFields: [SecretField] {
        switch self {
        case .http(let probe): probe.secretHeaders
        case .grpc(let probe): probe.secretMetadata
        case .webSocket(let probe): probe.secretHeaders
        case .tcp, .tls, .script, .dns, .udp, .icmp, .process, .custom: []
        }
    }
}
