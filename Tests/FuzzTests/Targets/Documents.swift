// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import YAMLEvents

@testable import Probers

extension FuzzTarget {
    /// DNS messages: `DNSMessage` and `DNSMessageReader`.
    static let dns = FuzzTarget(name: "dns") { (bytes) throws(BrokenPromise) in
        guard let message = try? DNSMessage(bytes) else { return }
        try demand(message.id == DNSMessage.id(of: bytes), "id \(message.id)")
        try demand(message.answers.count <= DNSMessage.mostRecords, "\(message.answers.count) records")
        for record in message.answers {
            // Of 255 octets each may be written in four characters.
            try demand(record.name.utf8.count <= 4 * 255, "a name of \(record.name.utf8.count) characters")
            _ = message.records(of: record.type, for: record.name)
        }
    }

    /// The bodies of HTTP answers: `JSONReader` and `JSONPath`.
    static let json = FuzzTarget(name: "json") { (bytes) throws(BrokenPromise) in
        _ = Excerpt.text(of: bytes)
        guard let document = try? JSONReader.read(bytes) else { return }
        try demand(String(validating: bytes, as: UTF8.self) != nil, "a document that is not UTF-8")
        for path in Self.paths { _ = try? path.values(in: document) }
    }

    /// The files of the configuration: `YAMLStream` on libyaml.
    static let yaml = FuzzTarget(name: "yaml") { (bytes) throws(BrokenPromise) in
        let stream = YAMLStream(bytes)
        try demand(stream.problems.isEmpty || stream.roots.isEmpty, "values beside problems")
        try demand(stream.problems.count <= YAMLDocument.maximumProblems, "\(stream.problems.count) problems")
    }

    /// What a script prints: `PrintableText` and `PerformanceData`.
    static let plugin = FuzzTarget(name: "plugin") { (bytes) throws(BrokenPromise) in
        let text = PrintableText.of(bytes, limit: 4_096)
        try demand(text.utf8.count <= 3 * 4_096, "a text of \(text.utf8.count) bytes")
        for datum in PerformanceData.parse(text) {
            try demand(datum.value?.isFinite ?? true, "the value of \(datum)")
        }
    }

    private static let paths = ["$", "$.a", "$[0]", "$[*].a", "$.length()"].compactMap { try? JSONPath($0) }
}
