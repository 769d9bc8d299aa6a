// SPDX-License-Identifier: Apache-2.0

/// The formats of `/metrics`.
package enum MetricsFormat: CaseIterable, Hashable, Sendable {
    /// The Prometheus text format, version 0.0.4; the default.
    case prometheus
    /// OpenMetrics, version 1.0.0.
    case openMetrics

    /// The media type it is written in.
    package var contentType: Answer.ContentType {
        switch self {
        case .prometheus: .prometheus
        case .openMetrics: .openMetrics
        }
    }

    /// The format that a client likes best.
    package init(accept: AcceptField) {
        self = accept.choice(of: Self.allCases, type: \.contentType)
    }
}
