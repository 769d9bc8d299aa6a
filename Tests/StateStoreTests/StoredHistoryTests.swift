// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Synchronization
import Testing

@testable import StateStore

/// History as it is asked for over the store's thread.
@Suite("Stored history")
struct StoredHistoryTests {
    private typealias Answer = Result<[HistorySpan], StateError>

    private let directory = TemporaryDirectory()

    private func ask(_ store: StateStore, _ step: HistoryStep = .minute, limit: Int = 100) async -> Answer {
        await withCheckedContinuation { continuation in
            store.history(of: target("a"), by: step, since: stamp(0).wall, limit: limit) { result in
                continuation.resume(returning: result)
            }
        }
    }

    @Test("what was written is given by minute, the newest of it, oldest first")
    func spans() async throws {
        let store = try StateStore(medium: directory.medium(), now: { stamp(600) })
        _ = try store.start(within: .seconds(60))
        var batch = batch(saved("a"))
        for minute in 0..<5 { batch.minutes[30_000_000 + Int64(minute)] = [.init(target("a"), rollup(minute + 1))] }
        _ = store.keep(batch)
        let all = try await ask(store).get()
        #expect(all.map(\.rollup) == (1...5).map { rollup($0) })
        #expect(all.first?.start == stamp(0).wall)
        #expect(try await ask(store, limit: 2).get().map(\.rollup) == [rollup(4), rollup(5)])
        #expect(try await ask(store, .hour).get() == [])
        #expect(store.stop(within: .seconds(60)))
        #expect(throws: StateError.self, "a store that has ended says so") { try store.answerNow().get() }
    }

    @Test("without a database the answer is an error, and comes all the same")
    func broken() async throws {
        let medium = StateDirectory(path: "/proc/none", clock: { stamp(0).instant })
        let store = try StateStore(medium: medium, now: { stamp(0) })
        _ = try store.start(within: .seconds(60))
        let answer = await ask(store)
        #expect(throws: StateError.self) { try answer.get() }
        _ = store.stop(within: .seconds(60))
    }
}

extension StateStore {
    /// Asks a store that must answer before the question returns.
    fileprivate func answerNow() -> Result<[HistorySpan], StateError> {
        let result = Mutex<Result<[HistorySpan], StateError>>(.success([]))
        history(of: target("a"), by: .minute, since: stamp(0).wall, limit: 1) { answer in
            result.withLock { $0 = answer }
        }
        return result.withLock { $0 }
    }
}
