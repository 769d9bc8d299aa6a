// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel

/// What a request target names.
enum Route: Hashable, Sendable {
    case status(StatusPath)
    case readyTarget(TargetName)
    case health
    case healthTarget(TargetName)
    case healthGroup(GroupName)
    case metrics
    case apiHealth
    case apiTargets
    case apiBreakers
    case apiMaintenance
    case apiDescription
    case apiTarget(TargetName)

    /// The route of a path without query; nil when there is none.
    ///
    /// Paths are compared byte for byte: nothing is decoded, so nothing can be spelt in two ways.
    init?(path: some StringProtocol) {
        if let (_, asks) = StatusPath.paths.first(where: { $0.path == path }) {
            self = .status(asks)
            return
        }
        switch path {
        case "/health": self = .health
        case "/metrics": self = .metrics
        case "/api/v1/health": self = .apiHealth
        case "/api/v1/targets": self = .apiTargets
        case "/api/v1/circuit-breaker/metrics": self = .apiBreakers
        case "/api/v1/maintenance": self = .apiMaintenance
        case "/api/v1/openapi.json": self = .apiDescription
        default:
            if let name = Self.name(in: path, after: "/readyz/") {
                self = .readyTarget(name)
            } else if let name = Self.name(in: path, after: "/health/targets/") {
                self = .healthTarget(name)
            } else if let name = Self.name(in: path, after: "/health/groups/").flatMap({ GroupName($0.text) }) {
                self = .healthGroup(name)
            } else if let name = Self.name(in: path, after: "/api/v1/targets/") {
                self = .apiTarget(name)
            } else {
                return nil
            }
        }
    }

    /// Whether everybody may ask; all else needs a listener that only this machine can reach.
    var isPublic: Bool {
        switch self {
        case .status, .readyTarget, .health, .healthTarget, .healthGroup: true
        case .metrics, .apiHealth, .apiTargets, .apiTarget, .apiBreakers, .apiMaintenance, .apiDescription: false
        }
    }

    /// Whether the answer always carries `X-Request-Id`.
    var isAPI: Bool {
        switch self {
        case .apiHealth, .apiTargets, .apiTarget, .apiBreakers, .apiMaintenance, .apiDescription: true
        case .status, .readyTarget, .health, .healthTarget, .healthGroup, .metrics: false
        }
    }

    private static func name(in path: some StringProtocol, after prefix: String) -> TargetName? {
        path.hasPrefix(prefix) ? TargetName(path.dropFirst(prefix.count)) : nil
    }
}
