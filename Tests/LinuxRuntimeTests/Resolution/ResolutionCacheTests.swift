// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@Suite("ResolutionCache")
struct ResolutionCacheTests {
    private typealias Cache = ResolutionCache<Int>

    private let one = [SocketAddress(bytes: [10, 0, 0, 1], port: 0)]
    private let two = [SocketAddress(bytes: [10, 0, 0, 2], port: 0)]
    private let askers = (0..<5).map { _ in Asker() }

    private func after(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: 0).advanced(by: .seconds(seconds))
    }

    private func failure(_ kind: ResolutionFailure.Kind) -> ResolutionFailure {
        ResolutionFailure(kind: kind, message: "\(kind)")
    }

    private func key(_ asker: Int, port: UInt16 = 80) -> ResolutionCacheKey {
        ResolutionCacheKey(observer: ObjectIdentifier(askers[asker]), port: port)
    }

    /// A cache that learned `one` for `db` at 0.
    private func warm() -> Cache {
        var cache = Cache(limits: ResolutionLimits())
        _ = cache.ask("db", at: after(0), as: key(0), 0)
        _ = cache.finish("db", with: .success(one), at: after(0))
        return cache
    }

    @Test("the first asker starts a look-up, the others join it, and all are told in order")
    func joining() {
        var cache = Cache(limits: ResolutionLimits())
        let starts = (0..<4).map { cache.ask("db", at: after(0), as: key($0), $0).startsLookUp }
        #expect(starts == [true, false, false, false])
        #expect(cache.lookUpCount == 1)
        #expect(cache.finish("db", with: .success(one), at: after(1)) == [0, 1, 2, 3])
        #expect(cache.lookUpCount == 0)
    }

    @Test("an asker that asks again while it waits takes its own place")
    func replacing() {
        var cache = Cache(limits: ResolutionLimits())
        for round in 0..<1_000 {
            _ = cache.ask("db", at: after(Double(round)), as: key(0), round)
            _ = cache.ask("db", at: after(Double(round)), as: key(1), -round)
        }
        _ = cache.ask("db", at: after(0), as: key(0, port: 81), 7)
        #expect(cache.finish("db", with: .success(one), at: after(1_000)) == [999, -999, 7])
    }

    @Test(
        "what an answer's age decides",
        arguments: [
            (0.0, true, false), (29.9, true, false), (30.0, true, true), (59.9, true, true), (60.0, false, true),
        ]
    )
    func age(seconds: Double, isAnswered: Bool, startsLookUp: Bool) {
        var cache = warm()
        let decision = cache.ask("db", at: after(seconds), as: key(0), 0)
        #expect(decision.answer == (isAnswered ? .success(one) : nil))
        #expect(decision.startsLookUp == startsLookUp)
    }

    @Test("a refresh runs once at a time, and its answer replaces the old one")
    func refresh() {
        var cache = warm()
        #expect(cache.ask("db", at: after(31), as: key(0), 0).startsLookUp)
        #expect(!cache.ask("db", at: after(32), as: key(1), 1).startsLookUp)
        #expect(cache.finish("db", with: .success(two), at: after(33)).isEmpty)
        #expect(cache.ask("db", at: after(62), as: key(0), 0).answer == .success(two))
    }

    @Test("a refresh without an answer keeps the old one until it is too old, and is tried again after 5 s")
    func failedRefresh() {
        var cache = warm()
        #expect(cache.ask("db", at: after(31), as: key(0), 0).startsLookUp)
        #expect(cache.finish("db", with: .failure(failure(.temporary)), at: after(32)).isEmpty)
        #expect(cache.ask("db", at: after(36), as: key(0), 0).answer == .success(one))
        #expect(!cache.ask("db", at: after(36.9), as: key(0), 0).startsLookUp)
        #expect(cache.ask("db", at: after(37), as: key(0), 0).startsLookUp)
        _ = cache.finish("db", with: .failure(failure(.temporary)), at: after(60))
        #expect(cache.ask("db", at: after(61), as: key(0), 0).answer == .failure(failure(.temporary)))
    }

    @Test("a look-up that never ends is joined, not started again, once the old answer is too old")
    func stuckRefresh() {
        var cache = warm()
        #expect(cache.ask("db", at: after(31), as: key(0), 0).startsLookUp)
        for second in 60..<200 {
            let decision = cache.ask("db", at: after(Double(second)), as: key(0), second)
            #expect(decision.answer == nil)
            #expect(!decision.startsLookUp)
        }
        #expect(cache.finish("db", with: .success(two), at: after(200)) == [199])
    }

    @Test("a name that is gone is forgotten at once")
    func gone() {
        var cache = warm()
        _ = cache.ask("db", at: after(31), as: key(0), 0)
        _ = cache.finish("db", with: .failure(failure(.notFound)), at: after(32))
        #expect(cache.ask("db", at: after(33), as: key(0), 0).answer == .failure(failure(.notFound)))
    }

    @Test("a failure is kept for 5 s", arguments: [ResolutionFailure.Kind.notFound, .temporary])
    func negative(kind: ResolutionFailure.Kind) {
        var cache = Cache(limits: ResolutionLimits())
        _ = cache.ask("db", at: after(0), as: key(0), 0)
        #expect(cache.finish("db", with: .failure(failure(kind)), at: after(1)) == [0])
        #expect(cache.ask("db", at: after(5.9), as: key(0), 0).answer == .failure(failure(kind)))
        #expect(cache.ask("db", at: after(6), as: key(0), 0).startsLookUp)
    }

    @Test("our own failure is not kept")
    func ours() {
        var cache = Cache(limits: ResolutionLimits())
        _ = cache.ask("db", at: after(0), as: key(0), 0)
        #expect(cache.finish("db", with: .failure(failure(.ours)), at: after(1)) == [0])
        #expect(cache.count == 0)
        #expect(cache.ask("db", at: after(1), as: key(0), 0).startsLookUp)
    }

    @Test("a full cache forgets the name that was not used for longest, roughly, and never grows")
    func bound() {
        var cache = Cache(limits: ResolutionLimits(capacity: 100))
        func learn(_ name: String) {
            guard cache.ask(name, at: after(0), as: key(0), 0).startsLookUp else { return }
            _ = cache.finish(name, with: .success(one), at: after(0))
        }
        learn("hot")
        for number in 0..<10_000 {
            learn("n\(number)")
            learn("hot")
            #expect(cache.count <= 100)
        }
        #expect(cache.ask("hot", at: after(0), as: key(0), 0).answer == .success(one))
        #expect(cache.ask("n9999", at: after(0), as: key(0), 0).answer == .success(one))
        #expect(cache.ask("n0", at: after(0), as: key(0), 0).answer == nil)
    }

    @Test("abandoning gives everybody who waits, and the late answers nobody")
    func abandoning() {
        var cache = Cache(limits: ResolutionLimits())
        _ = cache.ask("a", at: after(0), as: key(0), 1)
        _ = cache.ask("b", at: after(0), as: key(0), 2)
        #expect(cache.abandonAll().sorted() == [1, 2])
        #expect(cache.finish("a", with: .success(one), at: after(1)).isEmpty)
    }
}

private final class Asker {}
