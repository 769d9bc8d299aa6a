// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Notices that no name at all can be looked up: the resolver's trouble then, and no target's.
///
/// A name is silent when its look-up failed for want of an answer, or has been under way for longer than `patience`, since
/// anything was answered last. Two silent names make the name service silent; one alone may as well be its own domain's
/// fault. Any answer, that a name does not exist included, proves the service.
package struct NameServiceWatch: Sendable {
    /// How long a look-up may take before it counts as silent.
    package static let patience = Duration.seconds(1)
    /// How many names must be silent.
    package static let silentNames = 2

    private var underWay: [String: MonotonicInstant] = [:]
    /// Names that failed since the last answer; no more are kept than are needed.
    private var failed: Set<String> = []
    private var answeredAt: MonotonicInstant?

    package init() {}

    /// A look-up of `name` was handed in.
    package mutating func began(_ name: String, at now: MonotonicInstant) {
        underWay[name] = now
    }

    /// The look-up of `name` gave addresses, or `failure`.
    package mutating func ended(_ name: String, _ failure: ResolutionFailure?, at now: MonotonicInstant) {
        underWay[name] = nil
        switch failure?.kind {
        case nil, .notFound:
            answeredAt = now
            failed.removeAll()
        case .temporary:
            if failed.count < Self.silentNames { failed.insert(name) }
        case .ours:
            break
        }
    }

    /// Whether the service is silent; linear in the number of look-ups under way.
    package func isSilent(at now: MonotonicInstant) -> Bool {
        var silent = failed.count
        for (name, start) in underWay where silent < Self.silentNames {
            let isSilent = start.duration(to: now) > Self.patience && answeredAt.map { start > $0 } ?? true
            if isSilent, !failed.contains(name) { silent += 1 }
        }
        return silent >= Self.silentNames
    }
}
