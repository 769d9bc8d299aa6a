// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@testable import Agent

/// The shape that editors and CI read; after a deliberate addition, the texts here grow by it.
@Suite("Configuration check")
struct ConfigurationCheckTests {
    @Test("a diagnostic is written with all its parts, null where nothing is known")
    func json() throws {
        let files = Files([
            "/etc/b/bellwether.yaml": "listen: [{address: '127.0.0.1:9797'}]\n",
            "/etc/b/probes.d/a.yaml": "probes:\n  a: {tcp: 'a:1', intervall: 5s, timeout: 5x}\n",
            "/etc/b/probes.d/b.yaml": "probes:\n  a: {tcp: 'a:1'}\n",
        ])
        guard case .rejected(let report) = Self.read(files) else {
            Issue.record("accepted")
            return
        }
        #expect(
            report.json == """
                [
                  {
                    "code" : "unknown-key",
                    "column" : 19,
                    "end" : {
                      "column" : 28,
                      "line" : 2
                    },
                    "file" : "/etc/b/probes.d/a.yaml",
                    "hint" : "did you mean \\"interval\\"?",
                    "key" : "probes.a",
                    "line" : 2,
                    "message" : "probes.a: unknown key \\"intervall\\" (did you mean \\"interval\\"?)",
                    "allowed" : null
                  }
                ]
                """
        )
    }

    @Test("warnings have the same shape, and a program that would not be run has one")
    func warnings() throws {
        let files = Files([
            "/etc/b/bellwether.yaml": "",
            "/etc/b/probes.d/a.yaml": "probes:\n  a: {script: [/opt/check]}\n",
            "/opt/check": "#!/bin/sh\n",
        ])
        guard case .accepted(let accepted) = Self.read(files) else {
            Issue.record("rejected")
            return
        }
        #expect(accepted.warnings.json == "")
        #expect(accepted.warnings.text == "")
    }

    @Test("an explanation is written with all its parts")
    func explanation() throws {
        let files = Files([
            "/etc/b/bellwether.yaml": "defaults: {timeout: 1s}\n",
            "/etc/b/probes.d/a.yaml": "probes:\n  a: {process: nginx, interval: 5s, jitter: 0%}\n",
        ])
        guard case .accepted(let accepted) = Self.read(files) else {
            Issue.record("rejected")
            return
        }
        let reader = ConfigurationReader(files: files)
        let text = JSONText.make(ExplanationEntry(try reader.explanation(of: "a", in: accepted)))
        #expect(text == "")
    }

    private static func read(_ files: Files) -> ConfigurationReading {
        ConfigurationReader(files: files).read(ConfigurationLocation(configurationFile: "/etc/b/bellwether.yaml"))
    }
}

/// A tree of files in memory that belongs to root, without an executable one.
private struct Files: FileLayer {
    private let texts: [String: String]

    init(_ texts: [String: String]) {
        self.texts = texts
    }

    func entries(of directory: String, limit: Int) throws(FileError) -> [String] {
        let names = texts.keys.filter { $0.hasPrefix(directory + "/") }.map {
            String($0.dropFirst(directory.count + 1))
        }
        return names.filter { !$0.contains("/") }.sorted()
    }

    func read(_ path: String, limit: Int) throws(FileError) -> FileContents {
        guard let text = texts[path] else {
            throw FileError(path: path, cause: .system(SystemError(code: 2, text: "No such file or directory")))
        }
        return FileContents(bytes: Array(text.utf8), metadata: try metadata(of: path))
    }

    func metadata(of path: String) throws(FileError) -> FileMetadata {
        FileMetadata(
            kind: texts[path] == nil ? .directory : .regular,
            permissions: texts[path] == nil ? 0o755 : 0o644,
            owner: 0,
            group: 0,
            size: Int64(texts[path]?.utf8.count ?? 0),
            identity: .init(device: 1, inode: 1),
            modifiedAt: WallTime(nanosecondsSinceEpoch: 0)
        )
    }

    func canonicalPath(of path: String) throws(FileError) -> String { path }
}
