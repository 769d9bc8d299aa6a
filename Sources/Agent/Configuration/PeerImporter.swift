// SPDX-License-Identifier: Apache-2.0

import Glibc
import PeerImport
import ProbeConfig

/// `bellwether import`: makes a file of probes.d out of what a peer is configured with.
package struct PeerImporter: Sendable {
    /// A peer whose definitions can be carried over.
    package enum Source: String, CaseIterable, Sendable {
        case blackbox
        case gatus
        case haproxy
        case kubernetes
    }

    /// Whose file it is.
    package var source: Source
    /// The file; `-` is standard input.
    package var file: String
    /// Where the result goes; nil: standard output.
    package var output: String?
    /// Whether a file that is there already is replaced.
    package var replaces = false
    /// Prometheus' configuration, for blackbox.
    package var prometheus: String?
    /// Targets for blackbox's modules: `module=target`, or a target for the only one.
    package var targets: [String] = []
    /// Where containers of Kubernetes are reached.
    package var host: String?

    package init(source: Source, file: String) {
        self.source = source
        self.file = file
    }

    /// Converts and writes: the result to its place, and to standard error what it does not say.
    ///
    /// - Returns: 78 when nothing could be made or written; then nothing was.
    package func run() -> CommandStatus {
        var options = ImportOptions()
        options.targets = targets
        options.host = host
        do {
            let source = try Self.read(file)
            if let prometheus { options.prometheus = try Self.read(prometheus) }
            return convert(source, options)
        } catch {
            StandardError.print(error.message)
            return .configuration
        }
    }

    private func convert(_ file: ConfigurationSource, _ options: ImportOptions) -> CommandStatus {
        let peer: Peer =
            switch source {
            case .blackbox: .blackbox
            case .gatus: .gatus
            case .haproxy: .haproxy
            case .kubernetes: .kubernetes
            }
        do throws(ImportRefusal) {
            let imported = try PeerImport.convert(file, from: peer, options: options)
            if let output {
                if let problem = NewFile.write(imported.text, to: output, replaces: replaces) {
                    StandardError.print("\(output): \(problem)")
                    return .configuration
                }
            } else {
                StandardOutput.print(imported.text)
            }
            for note in imported.notes { StandardError.print(note.description) }
            return .healthy
        } catch {
            for note in error.notes { StandardError.print(note.description) }
            StandardError.print(error.diagnostics.render(sources: [file] + (options.prometheus.map { [$0] } ?? [])))
            return .configuration
        }
    }

    private struct Unreadable: Error {
        let message: String
    }

    /// The most that is read: a byte more than is taken, so that what is too long is seen to be.
    private static let mostBytes = 1_048_577

    private static func read(_ path: String) throws(Unreadable) -> ConfigurationSource {
        let isInput = path == "-"
        let descriptor = isInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Unreadable(message: "\(path): cannot be read: \(reason(errno))") }
        defer { if !isInput { close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < mostBytes {
            let count = Glibc.read(descriptor, &chunk, min(chunk.count, mostBytes - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Unreadable(message: "\(path): cannot be read: \(reason(errno))") }
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return ConfigurationSource(path: isInput ? "standard input" : path, bytes: bytes)
    }

    private static func reason(_ code: CInt) -> String { String(cString: strerror(code)) }
}
