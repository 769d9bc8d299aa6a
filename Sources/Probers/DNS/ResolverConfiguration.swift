// SPDX-License-Identifier: Apache-2.0

package import LinuxRuntime

/// The machine's own choice of DNS server (resolv.conf(5)), read anew for every question, so that a change takes effect at once.
package struct ResolverConfiguration: Sendable {
    private let files: any FileLayer
    private let path: String

    /// The most of the file that is read.
    private static let mostBytes = 64 * 1_024
    /// Where DNS servers listen (RFC 1035, section 4.2).
    private static let port: UInt16 = 53

    /// - Parameters:
    ///   - files: where the file is found.
    ///   - path: the file.
    package init(files: any FileLayer, path: String = "/etc/resolv.conf") {
        self.files = files
        self.path = path
    }

    /// Why there is no server; our own trouble, not a target's.
    struct Problem: Error, Hashable {
        let message: String
    }

    /// The first server that is named.
    ///
    /// An address with a zone (`fe80::1%eth0`) is passed over.
    func firstServer() throws(Problem) -> SocketAddress {
        let bytes: [UInt8]
        do {
            bytes = try files.read(path, limit: Self.mostBytes).bytes
        } catch {
            throw Problem(message: "no server to ask: \(error)")
        }
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            guard words.count >= 2, words[0].elementsEqual("nameserver".utf8) else { continue }
            let text = String(decoding: words[1], as: UTF8.self)
            if let address = SocketAddress(numeric: text, port: Self.port) { return address }
        }
        throw Problem(message: "no server to ask: \(path) names none")
    }
}
