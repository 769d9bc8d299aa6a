// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Decides what a question about a name is answered with: a remembered answer, or one that is waited for together.
///
/// `getaddrinfo` does not tell how long an answer may be kept (the TTL), so fixed times stand in for it:
///
/// ```
/// age of an answer   0 ──────── positive ───────── stale ─────▶
/// what is done         answer    answer, and refresh   ask, and wait
/// ```
///
/// A refresh that the servers do not answer keeps what is known until it is too old, and is tried again after `negative`; a
/// name that no longer exists is forgotten at once. A failure is kept for `negative`, so that thousands of probes of one bad
/// name ask once; our own failures are not kept at all.
///
/// At most `capacity` answers are kept. When it is full, the one that was not used since the hand came by last goes (the
/// clock algorithm). Each call takes constant time, the clock's hand amortised.
package struct ResolutionCache<Waiter> {
    /// An answer with port 0.
    package typealias Answer = Result<[SocketAddress], ResolutionFailure>

    /// What to do about a question.
    package struct Decision {
        /// The answer to give now; nil when the asker waits.
        package var answer: Answer?
        /// Whether a look-up of the name must be started; `finish` or `abandon` must follow.
        package var startsLookUp: Bool
    }

    private struct Entry {
        var name: String
        var answer: Answer
        var askedAgainFrom: MonotonicInstant
        var servedUntil: MonotonicInstant
        var wasUsed: Bool
    }

    private struct LookUp {
        var waiters: [Waiter] = []
        var positions: [ResolutionCacheKey: Int] = [:]
    }

    private let limits: ResolutionLimits
    private var entries: [Entry] = []
    private var positions: [String: Int] = [:]
    private var hand = 0
    private var lookUps: [String: LookUp] = [:]

    package init(limits: ResolutionLimits) {
        self.limits = limits
    }

    /// How many names are remembered.
    package var count: Int { entries.count }

    /// How many names are being looked up.
    package var lookUpCount: Int { lookUps.count }

    /// A question about `name`.
    ///
    /// - Parameters:
    ///   - name: in lower case.
    ///   - now: the present.
    ///   - key: who asks.
    ///   - waiter: kept until the answer is there, unless it is given now.
    /// - Returns: the answer, or that one is waited for.
    package mutating func ask(
        _ name: String,
        at now: MonotonicInstant,
        as key: ResolutionCacheKey,
        _ waiter: Waiter
    ) -> Decision {
        if let position = positions[name], now < entries[position].servedUntil {
            entries[position].wasUsed = true
            let isDue = now >= entries[position].askedAgainFrom && lookUps[name] == nil
            if isDue { lookUps[name] = LookUp() }
            return Decision(answer: entries[position].answer, startsLookUp: isDue)
        }
        let isFirst = lookUps[name] == nil
        var lookUp = lookUps.removeValue(forKey: name) ?? LookUp()
        if let position = lookUp.positions[key] {
            lookUp.waiters[position] = waiter
        } else {
            lookUp.positions[key] = lookUp.waiters.count
            lookUp.waiters.append(waiter)
        }
        lookUps[name] = lookUp
        return Decision(answer: nil, startsLookUp: isFirst)
    }

    /// The look-up of `name` has ended; gives those who wait for it, in the order they asked.
    package mutating func finish(_ name: String, with answer: Answer, at now: MonotonicInstant) -> [Waiter] {
        let waiters = lookUps.removeValue(forKey: name)?.waiters ?? []
        switch answer {
        case .success:
            let stale = now.advanced(by: limits.stale)
            remember(name, answer, askedAgainFrom: now.advanced(by: limits.positive), servedUntil: stale)
        case .failure(let failure) where failure.kind == .notFound || !isServing(name, at: now):
            guard failure.kind != .ours else { break }
            let end = now.advanced(by: limits.negative)
            remember(name, answer, askedAgainFrom: end, servedUntil: end)
        case .failure:
            guard let position = positions[name] else { break }
            entries[position].askedAgainFrom = now.advanced(by: limits.negative)
        }
        return waiters
    }

    /// Ends every look-up; gives all who wait.
    package mutating func abandonAll() -> [Waiter] {
        defer { lookUps = [:] }
        return lookUps.values.flatMap(\.waiters)
    }

    private func isServing(_ name: String, at now: MonotonicInstant) -> Bool {
        positions[name].map { now < entries[$0].servedUntil } ?? false
    }

    private mutating func remember(
        _ name: String,
        _ answer: Answer,
        askedAgainFrom: MonotonicInstant,
        servedUntil: MonotonicInstant
    ) {
        let entry = Entry(
            name: name,
            answer: answer,
            askedAgainFrom: askedAgainFrom,
            servedUntil: servedUntil,
            wasUsed: true
        )
        if let position = positions[name] {
            entries[position] = entry
        } else if entries.count < limits.capacity {
            positions[name] = entries.count
            entries.append(entry)
        } else {
            let position = makeRoom()
            positions[entries[position].name] = nil
            entries[position] = entry
            positions[name] = position
        }
    }

    /// Moves the hand on to an entry that was not used since it came by last.
    private mutating func makeRoom() -> Int {
        while entries[hand].wasUsed {
            entries[hand].wasUsed = false
            hand = (hand + 1) % entries.count
        }
        defer { hand = (hand + 1) % entries.count }
        return hand
    }
}
