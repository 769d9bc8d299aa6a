// SPDX-License-Identifier: Apache-2.0

import HealthModel
import HealthServer
import LinuxRuntime
import Synchronization

/// Certificates, keys and tokens of listeners, from this machine's files and environment.
final class SystemMaterial: ListenerMaterial {
    /// Most bytes of a certificate file: a bundle of every public authority fits.
    private static let maximumBytes = 1_024 * 1_024

    private let files = SystemFiles()
    private let secrets = Mutex(SecretReader(files: SystemFiles()))

    func bytes(ofFile path: String) throws(MaterialProblem) -> [UInt8] {
        do throws(FileError) {
            return try files.read(path, limit: Self.maximumBytes).bytes
        } catch {
            throw MaterialProblem(message: "\(path) cannot be read: \(error.reason)")
        }
    }

    func text(of secret: Secret) throws(MaterialProblem) -> String {
        do throws(SecretProblem) {
            return try secrets.withLock { (reader) throws(SecretProblem) in try reader.text(of: secret) }
        } catch {
            throw MaterialProblem(message: "token: \(error.message)")
        }
    }
}
