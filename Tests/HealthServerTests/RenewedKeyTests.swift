// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
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

@Suite("Files that do not answer")
struct HangingFileTests {
    /// A token that can be read once; the next reader waits until the test lets it go.
    private final class HangingPapers: ListenerMaterial {
        private let ends: [CInt]
        private let reads = Mutex(0)

        init() {
            var ends: [CInt] = [-1, -1]
            precondition(pipe(&ends) == 0, "no pipe: errno \(errno)")
            self.ends = ends
        }

        deinit {
            for end in ends { close(end) }
        }

        var count: Int { reads.withLock { $0 } }

        func release() {
            var byte: UInt8 = 0
            _ = write(ends[1], &byte, 1)
        }

        func bytes(ofFile path: String) throws(MaterialProblem) -> [UInt8] { [] }

        func text(of secret: Secret) throws(MaterialProblem) -> String {
            let isFirst = reads.withLock { count in
                count += 1
                return count == 1
            }
            var byte: UInt8 = 0
            if !isFirst { _ = read(ends[0], &byte, 1) }
            return "tok-123"
        }
    }

    @Test("a disk that does not answer holds up the end of the server no longer than its deadline")
    func stop() async throws {
        let papers = HangingPapers()
        var limits = ServerLimits()
        limits.keyInterval = .milliseconds(5)
        var listener = try RunningServer.anyPort()
        listener.token = .file("/token")
        try await RunningServer.run(listeners: [listener], limits: limits, material: papers) { running in
            #expect(await TLSTests.waits { papers.count == 2 }, "a look hangs")
            let served = try running.get("/metrics", fields: "Authorization: Bearer tok-123\r\n")
            #expect(served.code == 200)
            await running.server.stop(deadline: .milliseconds(50))
            #expect(throws: RawClient.Failure.self) { try running.get("/livez") }
        }
        papers.release()
    }
}
