// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOHTTP1

/// What a request target names when its answer is not one of the prepared documents of ``Route``: a stream, a question to the
/// probe loop, or something to do.
enum Service: Hashable, Sendable {
    case events

    /// The service of a path without query; nil when there is none. Paths are compared byte for byte, as in ``Route``.
    init?(path: some StringProtocol) {
        switch path {
        case "/api/v1/events": self = .events
        default: return nil
        }
    }

    /// The methods it answers besides OPTIONS.
    var methods: [HTTPMethod] {
        switch self {
        case .events: [.GET]
        }
    }

    /// The `Allow` field.
    var allow: HTTPField {
        HTTPField(name: "Allow", value: (methods.map(\.rawValue) + ["OPTIONS"]).joined(separator: ", "))
    }

    /// Whether it changes something.
    func writes(_ method: HTTPMethod) -> Bool { method != .GET }
}
