// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import Testing

/// Every input that the fuzzer has kept, through the same checks, without the fuzzer.
@Suite("Readers of foreign bytes")
struct CorpusTests {
    @Test("what the fuzzer has kept breaks no promise", arguments: FuzzTarget.all.map(\.name))
    func replay(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let inputs = FuzzCorpus.inputs(of: name)
        #expect(inputs.count >= 10, "\(inputs.count) inputs are no corpus")
        for input in inputs {
            do throws(BrokenPromise) {
                try target.check(input.bytes)
            } catch {
                Issue.record("\(name)/\(input.name): \(error)")
            }
        }
    }

    @Test("a reader that cares about cuts is found out")
    func cuts() {
        #expect(throws: BrokenPromise.self) {
            try Cutting.demandSame(of: Array("HTTP/1.1 200 OK\r\n\r\nbody".utf8)) { pieces in pieces.count }
        }
    }

    @Test("what a reader keeps is counted wherever it keeps it")
    func memory() {
        struct Reader {
            var lines = [[UInt8](repeating: 1, count: 7)]
            var part: (name: String, bytes: [UInt8])? = ("x", [2, 3])
        }
        #expect(keptBytes(Reader()) == 9)
    }
}
