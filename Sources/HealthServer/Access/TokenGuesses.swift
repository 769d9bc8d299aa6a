// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The wrong tokens that each address has shown of late, and which addresses are barred for it; used by one thread.
///
/// An address that has shown ten different wrong tokens within a minute is barred until that minute is over: no token of it is
/// looked at, or the answer to the right one would tell a guesser all it wants to know. The same wrong token shown again counts
/// once, so that one client with an old token does not bar all that share its address.
struct TokenGuesses {
    /// Different wrong tokens that an address may show within the window.
    static let allowed = 10
    /// From an address's first wrong token to the end of what it is remembered for.
    static let window = Duration.seconds(60)
    /// Addresses that are remembered; at the limit the one with the fewest wrong tokens is forgotten, of those the oldest.
    static let maximumAddresses = 1_024

    private struct Record {
        let end: MonotonicInstant
        /// The tokens, as numbers of a hash that differs from run to run: they are never kept themselves.
        var tokens: Set<Int>
    }

    private var records: [ClientAddress: Record] = [:]

    /// How many addresses are remembered.
    var count: Int { records.count }

    /// How long an address is still barred; nil when it is not.
    func bar(of address: ClientAddress, at now: MonotonicInstant) -> Duration? {
        guard let record = records[address], record.tokens.count >= Self.allowed, now < record.end else { return nil }
        return now.duration(to: record.end)
    }

    /// Remembers that an address has shown a wrong token.
    ///
    /// Constant time, but linear in ``maximumAddresses`` when it is the first one of an address and there is no room.
    ///
    /// - Parameters:
    ///   - authorization: the request's `Authorization` fields.
    ///   - address: whose they are.
    ///   - now: the time.
    mutating func note(_ authorization: [String], from address: ClientAddress, at now: MonotonicInstant) {
        if let record = records[address], now < record.end {
            guard record.tokens.count < Self.allowed else { return }
            records[address]?.tokens.insert(authorization.hashValue)
            return
        }
        records[address] = nil
        if records.count >= Self.maximumAddresses { makeRoom(at: now) }
        records[address] = Record(end: now.advanced(by: Self.window), tokens: [authorization.hashValue])
    }

    private mutating func makeRoom(at now: MonotonicInstant) {
        records = records.filter { now < $0.value.end }
        guard records.count >= Self.maximumAddresses else { return }
        let least = records.min {
            ($0.value.tokens.count, $0.value.end) < ($1.value.tokens.count, $1.value.end)
        }
        if let least { records[least.key] = nil }
    }
}

/// Where all listeners of a server keep count of wrong tokens; confined to the event loop.
final class GuessBook {
    var tokens = TokenGuesses()
}
