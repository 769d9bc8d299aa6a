// SPDX-License-Identifier: Apache-2.0

import Glibc
package import HealthModel

/// Reads secrets from where the configuration says they are.
///
/// A file is looked at each time and read again when it has changed, so a secret may be replaced while the agent runs. Files
/// are read by the caller's thread: they are small, local and regular, and anything else is refused.
package final class SecretReader {
    /// Most bytes of a secret.
    package static let maximumBytes = 64 * 1_024

    private let files: any FileLayer
    private let environment: @Sendable (String) -> String?
    private var known: [String: CachedFile] = [:]

    /// - Parameters:
    ///   - files: where files are read.
    ///   - environment: the value of an environment variable; by default the process's own.
    package init(files: any FileLayer, environment: @escaping @Sendable (String) -> String? = SecretReader.variable) {
        self.files = files
        self.environment = environment
    }

    /// The content of `secret`, without the one line end that may close it.
    ///
    /// - Throws: what is wrong, naming the reference and never the content.
    package func text(of secret: Secret) throws(SecretProblem) -> String {
        switch secret {
        case .text(let text): return text
        case .environment(let name):
            guard let value = environment(name) else { throw SecretProblem(secret, "is not set") }
            return try Self.checked(Array(value.utf8), of: secret)
        case .file(let path): return try content(of: path, for: secret)
        case .credential(let name):
            guard let directory = environment("CREDENTIALS_DIRECTORY"), directory.hasPrefix("/") else {
                throw SecretProblem(secret, "cannot be had: CREDENTIALS_DIRECTORY is not set")
            }
            return try content(of: "\(directory)/\(name)", for: secret)
        }
    }

    private func content(of path: String, for secret: Secret) throws(SecretProblem) -> String {
        var file = known[path] ?? CachedFile(path: path, limit: Self.maximumBytes)
        defer { known[path] = file }
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try file.contents(through: files).bytes
        } catch {
            throw SecretProblem(secret, "cannot be read: \(error.reason)")
        }
        return try Self.checked(bytes, of: secret)
    }

    private static func checked(_ bytes: [UInt8], of secret: Secret) throws(SecretProblem) -> String {
        var rest = bytes[...]
        if rest.last == UInt8(ascii: "\n") {
            rest.removeLast()
            if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        }
        guard !rest.isEmpty else { throw SecretProblem(secret, "is empty") }
        guard rest.count <= maximumBytes else { throw SecretProblem(secret, "is longer than \(maximumBytes) bytes") }
        guard let text = String(validating: rest, as: UTF8.self) else { throw SecretProblem(secret, "is not UTF-8") }
        return text
    }

    /// An environment variable of this process.
    package static let variable: @Sendable (String) -> String? = { name in
        // unsafe: the text is copied at once, and nothing in the agent changes the environment.
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}

/// Why a secret cannot be used.
package struct SecretProblem: Error, Hashable, Sendable {
    /// The reference and what is wrong with it: `file /run/secrets/t is empty`.
    package let message: String

    package init(_ secret: Secret, _ what: String) {
        message = "\(secret.reference) \(what)"
    }
}
