// SPDX-License-Identifier: Apache-2.0

import Testing

/// A block of `docs/load-balancers.md`, so that what is documented is what is tested.
///
/// A block has a name after its language: `` ```haproxy haproxy-plain ``; one called `untested` is not for tests.
struct Snippet {
    let text: String

    static let document = TemporaryFolder.read(MetricsTests.repository + "/docs/load-balancers.md")

    /// The blocks that tests use; `SnippetTests` holds the document against them.
    enum Name: String, CaseIterable {
        case agent
        case haproxyPlain = "haproxy-plain"
        case haproxyFull = "haproxy-full"
        case haproxyAgent = "haproxy-agent"
        case haproxyCentral = "haproxy-central"
        case envoyHTTP = "envoy-http"
        case envoyGRPC = "envoy-grpc"
        case nginxFront = "nginx-front"
        case nginxMachine = "nginx-machine"
        case caddy, traefik, kubernetes
        case kubernetesGRPC = "kubernetes-grpc"
        case prometheus
        case prometheusRules = "prometheus-rules"
        case nagios, keepalived
    }

    init(_ name: Name) {
        text = Self.all.first { $0.name == name.rawValue }?.text ?? ""
    }

    /// The block with other addresses, ports and times; every one that is given must stand in it.
    func with(_ replacements: KeyValuePairs<String, String>) throws -> String {
        var result = text
        for (old, new) in replacements {
            try #require(result.range(of: old) != nil, "no \(old) in \(result)")
            result = result.replacing(old, with: new)
        }
        return result
    }

    /// Every block of the document that has a name.
    static var all: [(name: String, text: String)] {
        var blocks: [(name: String, text: String)] = []
        var open: (name: String, text: String)?
        for line in document.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                if let block = open { blocks.append(block) }
                let words = line.dropFirst(3).split(separator: " ")
                open = open == nil ? (words.count > 1 ? String(words[1]) : "", "") : nil
            } else {
                open?.text += line + "\n"
            }
        }
        return blocks.filter { !$0.name.isEmpty }
    }
}

@Suite("docs/load-balancers.md")
struct SnippetTests {
    @Test("every block is one that a test uses, or says that it is untested")
    func everyBlockIsKnown() {
        let names = Snippet.all.map(\.name).filter { $0 != "untested" }.sorted()
        #expect(names == Snippet.Name.allCases.map(\.rawValue).sorted())
        #expect(Snippet.document.split(separator: "\n").count { $0.hasPrefix("```") } == 2 * Snippet.all.count)
    }
}
