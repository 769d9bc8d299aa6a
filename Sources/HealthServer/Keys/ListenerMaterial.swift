// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Where listeners get what their settings only name: certificates, keys and tokens.
///
/// Called from one thread at a time, never the event loop's, so it may wait for a disk.
package protocol ListenerMaterial: Sendable {
    /// The content of a regular file.
    func bytes(ofFile path: String) throws(MaterialProblem) -> [UInt8]

    /// The content of a secret, without the line end that may close it.
    func text(of secret: Secret) throws(MaterialProblem) -> String
}

/// Why something that a listener needs cannot be had or used; never holds a secret.
package struct MaterialProblem: Error, Hashable, CustomStringConvertible {
    /// What it is about and what is wrong with it, in lower case, without a full stop.
    package let message: String

    package init(message: String) {
        self.message = message
    }

    package var description: String { message }
}

/// What is said about a listener while it serves.
package struct ListenerNotice: Hashable, Sendable {
    /// Which listener.
    package let address: ListenAddress
    /// Whether something is wrong.
    package let isProblem: Bool
    /// What happened, one line.
    package let message: String
}

/// For servers whose listeners need no files.
package struct NoMaterial: ListenerMaterial {
    package init() {}

    package func bytes(ofFile path: String) throws(MaterialProblem) -> [UInt8] {
        throw MaterialProblem(message: "\(path): no files are read here")
    }

    package func text(of secret: Secret) throws(MaterialProblem) -> String {
        throw MaterialProblem(message: "\(secret.reference): no secrets are read here")
    }
}
