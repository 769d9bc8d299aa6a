// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Testing

@Suite("SystemResolver", .timeLimit(.minutes(1)))
struct SystemResolverTests {
    private let lookUp = ScriptedLookUp()
    private let recorder = AnswerRecorder()

    private static func at(_ host: String, _ port: UInt16) -> ResolutionAnswer {
        .addresses([host].compactMap { SocketAddress(numeric: $0, port: port) })
    }

    /// Runs `body` on a loop with a thread of its own.
    private func onLoop<Value: Sendable>(
        _ body: @Sendable (isolated EventLoop) async throws -> Value
    ) async throws -> Value {
        let loop = EventLoop(kernel: try SystemKernel())
        let thread = try LoopThread(running: loop, name: "test")
        do {
            let value = try await body(loop)
            thread.stopAndJoin()
            return value
        } catch {
            thread.stopAndJoin()
            throw error
        }
    }

    @Test(
        "numeric hosts and localhost are answered at once, without a look-up",
        arguments: [
            ("10.0.0.5", ["10.0.0.5"]), ("fd00::5", ["fd00::5"]), ("localhost", ["::1", "127.0.0.1"]),
            ("LOCALHOST", ["::1", "127.0.0.1"]), ("localhost.", ["::1", "127.0.0.1"]),
            ("app.localhost", ["::1", "127.0.0.1"]),
        ]
    )
    func local(host: String, addresses: [String]) async throws {
        try await onLoop { [lookUp, recorder] loop in
            let resolver = try SystemResolver(lookUp: lookUp)
            resolver.resolve(host, port: 81, token: 1, for: recorder, on: loop)
            let expected = addresses.compactMap { SocketAddress(numeric: $0, port: 81) }
            #expect(recorder.all == [.init(token: 1, answer: .addresses(expected))])
            #expect(lookUp.begun.isEmpty)
            resolver.stop(on: loop)
        }
    }

    @Test("a name is looked up once for all who ask, in any case, each with its port; then it is remembered")
    func shared() async throws {
        try await onLoop { [lookUp, recorder] loop in
            let resolver = try SystemResolver(lookUp: lookUp)
            for token in 1...3 as ClosedRange<UInt64> {
                let name = token == 2 ? "DB.test" : "db.test"
                resolver.resolve(name, port: 80 + UInt16(token), token: token, for: recorder, on: loop)
            }
            #expect(recorder.all.isEmpty)
            let expected = (1...3 as ClosedRange<UInt64>).map { token in
                AnswerRecorder.Entry(token: token, answer: Self.at("10.0.0.1", 80 + UInt16(token)))
            }
            #expect(await recorder.answers(3) == expected)
            resolver.resolve("db.test", port: 9, token: 4, for: recorder, on: loop)
            #expect(recorder.all.last == .init(token: 4, answer: Self.at("10.0.0.1", 9)))
            #expect(lookUp.begun == ["db.test"])
            resolver.stop(on: loop)
        }
    }

    @Test("a failure reaches the asker with its kind and text")
    func failure() async throws {
        try await onLoop { [lookUp, recorder] loop in
            let resolver = try SystemResolver(lookUp: lookUp)
            resolver.resolve("bad.test", port: 1, token: 1, for: recorder, on: loop)
            let failure = ResolutionFailure(kind: .temporary, message: "try again")
            #expect(await recorder.answers(1) == [.init(token: 1, answer: .failed(failure))])
            resolver.stop(on: loop)
        }
    }

    @Test("P7: when no name is answered the failures are ours, until one is answered again")
    func silence() async throws {
        try await onLoop { [lookUp, recorder] loop in
            let resolver = try SystemResolver(lookUp: lookUp, threadLimit: 1)
            for (token, name) in ["bad1.test", "bad2.test", "good.test", "bad3.test"].enumerated() {
                resolver.resolve(name, port: 1, token: UInt64(token), for: recorder, on: loop)
                _ = await recorder.answers(token + 1)
            }
            let ours = ResolutionFailure(kind: .ours, message: "the name service answers for no name: try again")
            let itsOwn = ResolutionFailure(kind: .temporary, message: "try again")
            let expected: [ResolutionAnswer] = [
                .failed(itsOwn), .failed(ours), Self.at("10.0.0.1", 1), .failed(itsOwn),
            ]
            #expect(recorder.all.map(\.answer) == expected)
            resolver.stop(on: loop)
        }
    }

    @Test("a look-up that hangs holds one thread; other names are answered meanwhile")
    func oneHangs() async throws {
        try await onLoop { [lookUp, recorder] loop in
            let resolver = try SystemResolver(lookUp: lookUp)
            resolver.resolve("stuck.test", port: 1, token: 100, for: AnswerRecorder(), on: loop)
            for token in 1...50 as ClosedRange<UInt64> {
                resolver.resolve("n\(token).test", port: 1, token: token, for: recorder, on: loop)
                resolver.resolve("stuck.test", port: 1, token: 100 + token, for: AnswerRecorder(), on: loop)
            }
            #expect(Set(await recorder.answers(50).map(\.token)) == Set(1...50))
            #expect(lookUp.begun.filter { $0 == "stuck.test" }.count == 1)
            resolver.stop(on: loop)
            lookUp.release()
        }
    }

    @Test("when every thread hangs, names wait up to the bound, then fail as ours, and go on once the threads do")
    func allHang() async throws {
        try await onLoop { [lookUp, recorder] loop in
            let resolver = try SystemResolver(lookUp: lookUp, threadLimit: 2, queueCapacity: 3)
            for number in 0..<2 {
                resolver.resolve("stuck\(number).test", port: 1, token: 0, for: AnswerRecorder(), on: loop)
            }
            for token in 1...5 as ClosedRange<UInt64> {
                resolver.resolve("n\(token).test", port: 1, token: token, for: recorder, on: loop)
            }
            // Tokens 4 and 5 found the queue full.
            let refused = ResolutionFailure(kind: .ours, message: "too many look-ups wait")
            #expect(recorder.all == [4, 5].map { .init(token: $0, answer: .failed(refused)) })
            let delays = ["N3.test", "n4.test"].map { resolver.ownDelay(of: $0, on: loop) }
            #expect(delays == ["other look-ups took all threads", nil])
            lookUp.release()
            #expect(Set(await recorder.answers(5).map(\.token)) == Set(1...5))
            let delay = resolver.ownDelay(of: "n3.test", on: loop)
            #expect(delay == nil)
            resolver.stop(on: loop)
        }
    }

    @Test("stopping does not wait for a look-up that hangs: its asker is told at once, and later ones too")
    func stopping() async throws {
        try await onLoop { [lookUp, recorder] loop in
            let resolver = try SystemResolver(lookUp: lookUp)
            resolver.resolve("stuck.test", port: 1, token: 1, for: recorder, on: loop)
            resolver.stop(on: loop)
            resolver.resolve("db.test", port: 1, token: 2, for: recorder, on: loop)
            let stopped = ResolutionAnswer.failed(
                .init(kind: .ours, message: "the resolver was stopped", problem: .other)
            )
            #expect(recorder.all == [.init(token: 1, answer: stopped), .init(token: 2, answer: stopped)])
        }
        // The thread still hangs here, after the resolver and its loop are gone; now it ends on its own.
        lookUp.release()
    }

    @Test("stopping drops the names that wait, and lets go of everything once the last thread has ended")
    func stoppingDrops() async throws {
        let begun = try await onLoop { [recorder] loop in
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<[String], any Error>) in
                do {
                    let lookUp = ScriptedLookUp { continuation.resume(returning: $0) }
                    let resolver = try SystemResolver(lookUp: lookUp, threadLimit: 1)
                    for (token, name) in ["stuck.test", "waiting.test"].enumerated() {
                        resolver.resolve(name, port: 1, token: UInt64(token), for: recorder, on: loop)
                    }
                    resolver.stop(on: loop)
                    lookUp.release()
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        #expect(!begun.contains("waiting.test"))
    }
}
