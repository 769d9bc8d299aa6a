// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Hands out numbers, each once.
final class Turn: Sendable {
    private let number = Atomic<Int>(0)

    /// The next number, from 0.
    func next() -> Int {
        number.wrappingAdd(1, ordering: .relaxed).oldValue
    }
}
