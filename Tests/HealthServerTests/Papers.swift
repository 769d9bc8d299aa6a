// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import Synchronization

@testable import HealthServer

/// Files and secrets that a test writes in memory.
final class Papers: ListenerMaterial {
    private let contents: Mutex<[String: String]>

    init(_ contents: [String: String]) {
        self.contents = Mutex(contents)
    }

    /// Replaces a file; nil takes it away.
    func write(_ text: String?, to path: String) {
        contents.withLock { $0[path] = text }
    }

    func bytes(ofFile path: String) throws(MaterialProblem) -> [UInt8] {
        guard let text = contents.withLock({ $0[path] }) else {
            throw MaterialProblem(message: "\(path) cannot be read: No such file or directory")
        }
        return Array(text.utf8)
    }

    func text(of secret: Secret) throws(MaterialProblem) -> String {
        String(decoding: try bytes(ofFile: secret.reference), as: UTF8.self)
    }

    /// One of the certificates that the tests of other targets use, too.
    static func certificate(_ name: String) -> String {
        let repository = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        guard let file = fopen("\(repository)/Tests/HTTPTestSupport/Certificates/\(name)", "r") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}

/// What a server has said about its listeners.
final class Notices: Sendable {
    private let said = Mutex<[ListenerNotice]>([])

    func add(_ notice: ListenerNotice) {
        said.withLock { $0.append(notice) }
    }

    var messages: [String] { said.withLock { $0.map(\.message) } }
}
