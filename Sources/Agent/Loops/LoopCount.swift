// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// How many event loops run probes, and why; worked out once, when the agent starts.
struct LoopCount: Hashable {
    /// The share of its processor that a loop should not be beyond.
    static let fullShare = 0.5

    let count: Int
    /// Why so many, for the log.
    let reason: String

    /// - Parameters:
    ///   - setting: what the configuration says.
    ///   - specs: the targets of the start.
    ///   - processors: how many processors the process may use.
    ///   - most: how many loops there are descriptors for.
    init(_ setting: LoopSetting, for specs: [ProbeSpec], processors: Int, most: Int) {
        switch setting {
        case .count(let number):
            count = number
            reason = "as configured"
        case .automatic:
            let load = specs.reduce(0) { $0 + ProbeCost($1).share }
            let bound = min(processors, most, LoopSetting.most)
            count = max(1, min(bound, Int((load / Self.fullShare).rounded(.up))))
            let percent = Int((load * 100).rounded(.up))
            reason = "auto: the targets take \(percent) % of a processor by estimate, and there are \(processors)"
        }
    }
}
