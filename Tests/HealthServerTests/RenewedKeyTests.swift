// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import HealthServer

@Suite("Keys that are renewed")
struct RenewedKeyTests {
    /// A file that the test writes; nil = it cannot be read.
    private final class Paper: Sendable {
        let text = Mutex<String?>("one")

        func write(_ new: String?) { text.withLock { $0 = new } }

        var key: RenewedKey<String> {
            RenewedKey { () throws(MaterialProblem) in
                guard let text = self.text.withLock({ $0 }) else { throw MaterialProblem(message: "gone") }
                return [Array(text.utf8)]
            } make: { (contents) throws(MaterialProblem) in
                let text = String(decoding: contents[0], as: UTF8.self)
                guard !text.hasPrefix("bad") else { throw MaterialProblem(message: text) }
                return text
            }
        }
    }

    private static func word(_ finding: RenewedKey<String>.Finding) -> String {
        switch finding {
        case .unchanged: "unchanged"
        case .renewed(let value): value
        case .refused(let problem): "refused: \(problem)"
        }
    }

    @Test("it is made once, and again when its file changes")
    func renewed() {
        let paper = Paper()
        let key = paper.key
        #expect(Self.word(key.look()) == "one")
        #expect(Self.word(key.look()) == "unchanged")
        paper.write("two")
        #expect(Self.word(key.look()) == "two")
    }

    @Test("a problem is told once while it lasts, and again when it comes back")
    func problems() {
        let paper = Paper()
        let key = paper.key
        _ = key.look()
        paper.write("bad")
        #expect(Self.word(key.look()) == "refused: bad")
        #expect(Self.word(key.look()) == "unchanged")
        paper.write(nil)
        #expect(Self.word(key.look()) == "refused: gone")
        #expect(Self.word(key.look()) == "unchanged")
        paper.write("one")
        #expect(Self.word(key.look()) == "one")
        paper.write(nil)
        #expect(Self.word(key.look()) == "refused: gone")
        paper.write("one")
        #expect(Self.word(key.look()) == "unchanged")
        paper.write(nil)
        #expect(Self.word(key.look()) == "refused: gone")
    }
}
