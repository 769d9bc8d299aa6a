// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// The HTTP code and the response fields that a status is answered with: the one place where they are decided.
///
/// | status | code | fields |
/// |---|---|---|
/// | healthy | 200 | |
/// | degraded | the listener's: 200, 429 or 503 | `x-envoy-degraded: 1`, and `x-bellwether-fail-open: 1` in force |
/// | unhealthy, starting | 503 | `Retry-After` when the next verdict is due |
/// | draining | 503 | `x-envoy-immediate-health-check-fail: true` |
///
/// The fields are Envoy's (HTTP health checking, "Degraded endpoints" and "Fast failure"); `Retry-After` is RFC 9110
/// section 10.2.3.
package struct StatusCode: Hashable, Sendable {
    package let code: Int
    package let fields: [HTTPField]

    /// Decides code and fields.
    ///
    /// - Parameters:
    ///   - status: the status of the aggregate, or of one target by ``HealthModel/TargetStatus/asAggregate``.
    ///   - degradedCode: the listener's code for degraded.
    ///   - isFailOpen: whether it is degraded by fail-open.
    ///   - retryAfter: whole seconds until another verdict is due, at least 1; nil when unknown.
    package init(_ status: AggregateStatus, degradedCode: Int = 200, isFailOpen: Bool = false, retryAfter: Int? = nil) {
        var fields: [HTTPField] = []
        switch status {
        case .healthy:
            code = 200
        case .degraded:
            code = degradedCode
            fields.append(HTTPField(name: "x-envoy-degraded", value: "1"))
            if isFailOpen { fields.append(HTTPField(name: "x-bellwether-fail-open", value: "1")) }
        case .unhealthy, .starting:
            code = 503
        case .draining:
            code = 503
            fields.append(HTTPField(name: "x-envoy-immediate-health-check-fail", value: "true"))
        }
        if code == 503, status != .draining, let retryAfter {
            fields.append(HTTPField(name: "Retry-After", value: String(retryAfter)))
        }
        self.fields = fields
    }
}

extension AggregateStatus {
    /// Whether the status says that traffic may come.
    package var passes: Bool { self == .healthy || self == .degraded }
}

extension TargetStatus {
    /// The aggregate status that a single target's status is answered as.
    package var asAggregate: AggregateStatus {
        switch self {
        case .healthy: .healthy
        case .degraded: .degraded
        case .unhealthy, .stale: .unhealthy
        case .starting: .starting
        }
    }
}
