// SPDX-License-Identifier: Apache-2.0

import Testing
import YAMLEvents

@Suite("YAMLStream")
struct YAMLStreamTests {
    @Test("each document that has a value is there with its place in the file")
    func documents() {
        let stream = YAMLStream(Array("---\na: 1\n---\n# nothing\n---\n- b\n...\n--- c\n".utf8))
        #expect(stream.problems == [])
        #expect(stream.roots.map(\.position.line) == [2, 5, 6, 8])
    }

    @Test("a problem in one document leaves none")
    func problem() {
        let stream = YAMLStream(Array("a: 1\n---\nb: &x 2\n".utf8))
        #expect(stream.roots == [])
        #expect(
            stream.problems.map { "\($0.position?.description ?? "") \($0.message)" } == [
                "3:4 anchors (&name) are not supported; write the value out"
            ]
        )
    }

    @Test("documents are counted, and values over all of them")
    func limits() {
        let documents = String(repeating: "--- a\n", count: YAMLStream.maximumDocuments)
        #expect(YAMLStream(Array(documents.utf8)).roots.count == YAMLStream.maximumDocuments)
        let stream = YAMLStream(Array((documents + "--- a\n").utf8))
        #expect(stream.problems.map(\.message) == ["more than 1000 documents in one file"])
        let many = String(repeating: "---\n[\(String(repeating: "x, ", count: 999))x]\n", count: 100)
        #expect(YAMLStream(Array(many.utf8)).problems.map(\.message) == ["more than 100000 values in one file"])
    }
}
