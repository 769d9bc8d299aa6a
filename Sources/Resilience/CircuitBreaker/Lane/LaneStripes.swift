// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The words of a lane: how many calls were admitted, and how many succeeded.
struct LaneWords: ~Copyable, Sendable {
    let admitted = Atomic<UInt64>(0)
    let succeeded = Atomic<UInt64>(0)

    /// Opens them.
    func open(_ admittedWord: UInt64, _ succeededWord: UInt64) {
        admitted.store(admittedWord, ordering: .releasing)
        succeeded.store(succeededWord, ordering: .releasing)
    }
}

/// The words of a lane for many threads: each pair on a cache line that few of them share.
final class LaneStripes: Sendable {
    private let before = CacheLine()
    let all = InlineArray<8, Stripe> { _ in Stripe() }
    private let after = CacheLine()

    /// The words of some threads, and as much room as keeps those of the next stripe off their cache line.
    struct Stripe: ~Copyable, Sendable {
        let words = LaneWords()
        private let room: InlineArray<6, UInt64> = .init(repeating: 0)
    }

    /// Room between words that many threads write and whatever lies beside them.
    private struct CacheLine: Sendable {
        let room: InlineArray<8, UInt64> = .init(repeating: 0)
    }

    /// Those of all lanes that have none.
    static let unused = LaneStripes()

    /// The stripe of the calling thread, told by the address of its stack.
    ///
    /// Stacks lie 128 KiB to 8 MiB apart; for every such distance the sum tells neighbours apart. Any stripe is correct, a
    /// shared one is slower.
    @inline(__always)
    static var mine: Int {
        var mark: UInt8 = 0
        let address = withUnsafeMutablePointer(to: &mark) { UInt(bitPattern: $0) }
        return Int((address >> 17 &+ address >> 20 &+ address >> 23) & 7)
    }
}
