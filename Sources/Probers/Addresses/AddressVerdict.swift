// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What the outcomes of a name's addresses mean together.
package struct AddressVerdict {
    /// `any` or `all`.
    package let policy: AddressPolicy
    /// How many addresses were probed.
    package let count: Int

    /// How many failed addresses are named with their reason; the others are only named.
    static let explained = 3

    package init(policy: AddressPolicy, count: Int) {
        self.policy = policy
        self.count = count
    }

    /// One outcome for all: with `any` the best, with `all` the worst, and a message that names those that did not pass.
    ///
    /// Of several equally good it is the slowest: that is how long it took. What could not be found out is worse than a pass and
    /// better than a failure, for either policy: with `any` it might have passed, and with `all` a failure is certain.
    package func outcome(of results: [(address: IPAddress, outcome: Outcome)]) -> Outcome {
        let ranks = results.map { rank($0.outcome.verdict) }
        guard let wanted = policy == .any ? ranks.min() : ranks.max() else {
            preconditionFailure("a verdict on no address")
        }
        let candidates = results.filter { rank($0.outcome.verdict) == wanted }.map(\.outcome)
        let slowest = candidates.max { $0.duration < $1.duration }
        guard var outcome = wanted == 0 || policy == .any ? slowest : candidates.first else {
            preconditionFailure("no outcome of rank \(wanted)")
        }
        guard outcome.verdict != .healthy, outcome.failure != nil else { return outcome }
        outcome.failure?.message = message(about: results.filter { $0.outcome.verdict != .healthy })
        return outcome
    }

    private func rank(_ verdict: Verdict) -> Int {
        switch verdict {
        case .healthy: 0
        case .degraded: 1
        case .unknown: 2
        case .unhealthy: 3
        }
    }

    private func message(about failed: [(address: IPAddress, outcome: Outcome)]) -> String {
        let summary =
            failed.count == count
            ? (count == 1 ? "the only address does not pass" : "none of \(count) addresses passes")
            : "\(failed.count) of \(count) addresses \(failed.count == 1 ? "does" : "do") not pass"
        let names = failed.enumerated().map { index, result in
            index < Self.explained ? "\(result.address) (\(Self.reason(of: result.outcome)))" : "\(result.address)"
        }
        return "\(summary): \(names.joined(separator: ", "))"
    }

    /// The outcome's own message, without the address that it may begin with.
    private static func reason(of outcome: Outcome) -> String {
        let message = outcome.message
        guard let address = outcome.address, message.hasPrefix("\(address) ") else { return message }
        return String(message.dropFirst(address.count + 1))
    }
}
