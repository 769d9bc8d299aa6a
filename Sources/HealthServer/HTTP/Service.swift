// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOHTTP1

/// What a request target names when its answer is not one of the prepared documents of ``Route``: a stream, a question to the
/// probe loop, or something to do.
enum Service: Hashable, Sendable {
    case events
    case history(TargetName)
    case probe(TargetName)
    case breaker(TargetName, BreakerAction)
    case maintenance
    case maintenanceWindow(UInt64)
    case reload

    /// The service of a path without query; nil when there is none.
    ///
    /// Paths are compared byte for byte, as in ``Route``.
    init?(path: some StringProtocol) {
        let prefix = "/api/v1/"
        guard path.hasPrefix(prefix) else { return nil }
        let parts = path.dropFirst(prefix.count).split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        switch (parts.count, parts[0]) {
        case (1, "events"): self = .events
        case (1, "maintenance"): self = .maintenance
        case (1, "reload"): self = .reload
        case (2, "maintenance"):
            guard let id = UInt64(decimalDigits: parts[1]) else { return nil }
            self = .maintenanceWindow(id)
        case (3, "targets"):
            guard let name = TargetName(parts[1]) else { return nil }
            switch parts[2] {
            case "history": self = .history(name)
            case "probe": self = .probe(name)
            default: return nil
            }
        case (3, "breakers"):
            guard let name = TargetName(parts[1]), let action = BreakerAction(rawValue: String(parts[2])) else {
                return nil
            }
            self = .breaker(name, action)
        default: return nil
        }
    }

    /// The methods it answers besides OPTIONS.
    var methods: [HTTPMethod] {
        switch self {
        case .events: [.GET]
        case .history: [.GET, .HEAD]
        case .maintenance: [.GET, .HEAD, .POST]
        case .maintenanceWindow: [.DELETE]
        case .probe, .breaker, .reload: [.POST]
        }
    }

    /// The `Allow` field.
    var allow: HTTPField {
        HTTPField(name: "Allow", value: (methods.map(\.rawValue) + ["OPTIONS"]).joined(separator: ", "))
    }

    /// Whether it changes something when it is called by this method.
    func writes(_ method: HTTPMethod) -> Bool {
        switch method {
        case .GET, .HEAD, .OPTIONS: false
        default: methods.contains(method)
        }
    }
}
