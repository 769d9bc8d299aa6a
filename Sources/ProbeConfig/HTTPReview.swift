// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Warns of what an HTTP probe says that is legal and probably not meant.
struct HTTPReview {
    private let probe: HTTPProbe
    /// The probe's own place.
    private let field: Field

    init(_ probe: HTTPProbe, _ field: Field) {
        self.probe = probe
        self.field = field
    }

    /// Header fields whose values open something.
    static let openingFields: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token",
    ]

    func report() {
        reviewPort()
        for secret in secrets {
            if isClear {
                secret.warning(
                    "crosses the network in clear text (use an https: URL)",
                    DiagnosticDetail(.clearText, hint: "use an https: URL")
                )
            }
            if secret.isWrittenOut {
                secret.warning(
                    "whoever can read this file can read it (use {file: /path}, {credential: name} or {env: NAME})",
                    DiagnosticDetail(.plainSecret, hint: "use {file: /path}, {credential: name} or {env: NAME}")
                )
            }
        }
    }

    /// The port of the other scheme, written out, is a slip.
    private func reviewPort() {
        let other = probe.url.isSecure ? 80 : 443
        guard probe.url.address.port == other, probe.unixSocket == nil, let http = field.written("http") else { return }
        (http.written("url") ?? http).warning(
            "port \(other) is that of \(probe.url.isSecure ? "http" : "https"):",
            DiagnosticDetail(.suspicious, seen: "\(other)")
        )
    }

    /// Whether others on the way can read the request.
    private var isClear: Bool {
        !probe.url.isSecure && probe.unixSocket == nil && !ListenAddress.tcp(probe.url.address).isLocal
    }

    /// Where passwords, tokens and the like are written or referred to.
    private var secrets: [Field] {
        guard let http = field.written("http") else { return [] }
        var found = [http.written("auth", "bearer"), http.written("auth", "basic", "password")].compactMap(\.self)
        if let headers = http.written("headers"), case .mapping(let entries) = headers.node.content {
            found += entries.filter { Self.openingFields.contains($0.key.lowercased()) }.map { headers.child($0) }
        }
        return found
    }
}

extension Field {
    /// Whether the text itself stands in the file, not a reference or a variable of the environment.
    fileprivate var isWrittenOut: Bool {
        guard case .scalar(let scalar) = node.content else { return false }
        return scalar.text.firstRange(of: "${env:") == nil
    }
}
