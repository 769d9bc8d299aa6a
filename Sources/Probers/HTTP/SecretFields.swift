// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// The request fields whose values are secret, made anew for each run.
struct SecretFields {
    private let headers: [SecretField]
    private let credentials: HTTPCredentials?
    private let reader: SecretReader

    init(_ probe: HTTPProbe, reader: SecretReader) {
        self.init(headers: probe.secretHeaders, credentials: probe.credentials, reader: reader)
    }

    /// - Parameters:
    ///   - headers: fields whose values are secret.
    ///   - credentials: what `Authorization` says.
    ///   - reader: reads the secrets.
    init(headers: [SecretField], credentials: HTTPCredentials? = nil, reader: SecretReader) {
        self.headers = headers
        self.credentials = credentials
        self.reader = reader
    }

    /// The fields with the secrets as they are now, and the texts that must not be shown.
    ///
    /// - Throws: which secret cannot be had or sent.
    func read() throws(SecretProblem) -> (fields: [HTTPField], redaction: Redaction) {
        if headers.isEmpty, credentials == nil { return ([], .none) }
        var fields: [HTTPField] = []
        var hidden: [String] = []
        for header in headers {
            let value = try text(of: header.value)
            fields.append(HTTPField(name: header.name, value: value))
            hidden.append(value)
        }
        switch credentials {
        case nil: break
        case .bearer(let token):
            let token = try text(of: token)
            fields.append(HTTPField(name: "Authorization", value: "Bearer \(token)"))
            hidden.append(token)
        case .basic(let user, let password):
            let (name, word) = (try text(of: user), try text(of: password))
            // RFC 7617 section 2: the first colon ends the user.
            guard !name.contains(":") else { throw SecretProblem(user, "has a colon, which no user name may have") }
            let encoded = Base64.encode(Array("\(name):\(word)".utf8))
            fields.append(HTTPField(name: "Authorization", value: "Basic \(encoded)"))
            hidden += [encoded, word]
        }
        return (fields, Redaction(hiding: hidden))
    }

    private func text(of secret: Secret) throws(SecretProblem) -> String {
        let text = try reader.text(of: secret)
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }) else {
            throw SecretProblem(secret, "has a line break or a control character")
        }
        guard text.utf8.count <= 8_192 else { throw SecretProblem(secret, "is longer than 8192 bytes") }
        return text
    }
}

extension Outcome {
    /// The outcome of a run that could not begin, because a secret cannot be had.
    static func withoutSecret(
        _ problem: SecretProblem,
        startedAt start: MonotonicInstant,
        on loop: isolated EventLoop
    ) -> Outcome {
        Outcome(
            verdict: .unknown,
            layer: .l4Connection,
            failure: Failure(.internal, problem.message),
            startedAt: start,
            duration: start.duration(to: loop.kernel.now)
        )
    }
}
