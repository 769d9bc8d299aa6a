// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The statuses of `grpc.health.v1`, with their numbers.
enum ServingStatus: Int, Hashable, Sendable {
    case serving = 1
    case notServing = 2
    /// `Watch` only: nothing of this name is known now.
    case serviceUnknown = 3

    /// A degraded status serves: the protocol knows no word for it.
    init(_ status: AggregateStatus) {
        switch status {
        case .healthy, .degraded: self = .serving
        case .unhealthy, .starting, .draining: self = .notServing
        }
    }

    init(_ status: TargetStatus) {
        switch status {
        case .healthy, .degraded: self = .serving
        case .unhealthy, .starting, .stale: self = .notServing
        }
    }
}

extension HealthSnapshot {
    /// The status of a service as gRPC names it, in a snapshot as it is served: `""` for the aggregate, otherwise a target's
    /// or a group's name, which no two share; nil when there is no such thing.
    ///
    /// The one place where names of services are given a meaning.
    func servingStatus(of service: String) -> ServingStatus? {
        guard !service.isEmpty else { return ServingStatus(aggregate.status) }
        let status =
            TargetName(service).flatMap { target($0)?.status } ?? GroupName(service).flatMap { group($0)?.status }
        guard let status else { return nil }
        return aggregate.status == .draining ? .notServing : ServingStatus(status)
    }

    /// Every service with its status: the aggregate, the groups, the targets.
    var servingStatuses: [(service: String, status: ServingStatus)] {
        let isDraining = aggregate.status == .draining
        return [("", ServingStatus(aggregate.status))]
            + groups.map { ($0.name.text, isDraining ? .notServing : ServingStatus($0.status)) }
            + targets.map { ($0.name.text, isDraining ? .notServing : ServingStatus($0.status)) }
    }
}
