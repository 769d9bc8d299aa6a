// SPDX-License-Identifier: Apache-2.0

import Exposition

extension Route {
    /// What the route tells the status of, in any format; nil for routes that answer something else.
    var statusSubject: StatusSubject? {
        switch self {
        case .status(.ready), .health: .aggregate
        case .readyTarget(let name): .named(name)
        case .healthTarget(let name): .target(name)
        case .healthGroup(let name): .group(name)
        case .status(.live), .status(.startup), .metrics: nil
        case .apiHealth, .apiTargets, .apiTarget, .apiBreakers, .apiMaintenance, .apiDescription: nil
        }
    }

    /// Whether the path is one of Kubernetes', whose answer is its text unless `?format=` asks for another.
    ///
    /// These ignore `Accept`: they are what load balancers ask all day, so they are answered from prepared bytes, and what
    /// a probe gets must not change with a field that its next version happens to send.
    var isKubernetesPath: Bool {
        switch self {
        case .status, .readyTarget: true
        case .health, .healthTarget, .healthGroup, .metrics: false
        case .apiHealth, .apiTargets, .apiTarget, .apiBreakers, .apiMaintenance, .apiDescription: false
        }
    }

    /// Whether a status query is understood; other routes take no query here.
    var takesQuery: Bool {
        switch self {
        case .status, .readyTarget, .health, .healthTarget, .healthGroup: true
        case .metrics, .apiHealth, .apiTargets, .apiTarget, .apiBreakers, .apiMaintenance, .apiDescription: false
        }
    }

    /// Whether the answer is about all targets, so that it is large and worth keeping until something changes.
    var isAboutEverything: Bool {
        switch self {
        case .status(.ready), .health, .metrics, .apiHealth, .apiTargets, .apiBreakers, .apiMaintenance,
            .apiDescription:
            true
        case .status(.live), .status(.startup), .readyTarget, .healthTarget, .healthGroup, .apiTarget: false
        }
    }
}
