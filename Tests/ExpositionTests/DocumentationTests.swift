// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import Testing

@testable import Exposition

@Suite("docs/http-api.md")
struct DocumentationTests {
    static let page: String = {
        let path = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/docs/http-api.md"
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }()

    @Test("every format is described", arguments: StatusFormat.allCases)
    func formats(format: StatusFormat) {
        #expect(Self.page.contains("\n| `\(format.rawValue)` | "))
    }

    @Test("the message about an unknown format is quoted as it is")
    func message() {
        let problem = #expect(throws: KubernetesQuery.Problem.self) { try StatusQuery("format=xml") }
        let quoted = (problem?.message ?? "nothing").split(separator: "\"", omittingEmptySubsequences: false)
        #expect(Self.page.contains("\"message\":\"\(quoted.joined(separator: "\\\""))\""))
    }

    @Test("every series of a target and of the agent is described")
    func series() {
        let text = StatusView(Fixtures.unhealthy, at: Fixtures.now).metrics(.prometheus, MetricsTests.facts).text
        for line in text.split(separator: "\n") where line.hasPrefix("# TYPE ") {
            let name = line.split(separator: " ")[2]
            let short = name.replacing("circuit_breaker_requests", with: "…")
            #expect(Self.page.contains("`\(name)") || Self.page.contains("`\(short)"), "\(name)")
        }
    }
}
