// SPDX-License-Identifier: Apache-2.0

import Resilience

/// A list that many tasks append to.
final class Recorder<Element: Sendable>: Sendable {
    private let list = Locked<[Element]>([])

    var values: [Element] { list.withLock { $0 } }

    func append(_ element: Element) {
        list.withLock { $0.append(element) }
    }
}

extension Sequence {
    /// Maps one element after the other.
    nonisolated(nonsending) func asyncMap<Result>(_ transform: (Element) async -> Result) async -> [Result] {
        var results: [Result] = []
        for element in self { results.append(await transform(element)) }
        return results
    }
}
