// SPDX-License-Identifier: Apache-2.0

import Exposition

/// What a request asks of its route, once its query and its `Accept` fields are understood.
struct Asked: Hashable {
    /// How a status is written.
    var dialect = StatusDialect.text
    /// What Kubernetes' text is asked.
    var checks = KubernetesQuery()
    /// How metrics are written.
    var metrics = MetricsFormat.prometheus
    /// Whether another `Accept` could have led to another answer.
    var varies = false
}

extension ListenerContext {
    /// Reads what a request asks.
    ///
    /// - Parameters:
    ///   - route: what it asks.
    ///   - query: what follows `?`; nil when there is none.
    ///   - accept: the request's `Accept` fields.
    /// - Returns: what is asked.
    /// - Throws: what the route does not understand.
    func asked(of route: Route, _ query: Substring?, _ accept: AcceptField) throws(ErrorAnswer) -> Asked {
        let query = query.flatMap { $0.isEmpty ? nil : $0 }
        if let query, !route.takesQuery {
            throw ErrorAnswer(.badRequest, "unknown query: \(quoted(query)) (none is understood here)")
        }
        if route == .metrics { return Asked(metrics: MetricsFormat(accept: accept)) }
        do throws(KubernetesQuery.Problem) {
            if let subject = route.statusSubject {
                let status = try query.map { text throws(KubernetesQuery.Problem) in try StatusQuery(text) }
                let asked = status ?? StatusQuery()
                let choice = try asked.negotiated(
                    about: subject,
                    accept: accept,
                    isKubernetesPath: route.isKubernetesPath
                )
                return Asked(dialect: choice.dialect, checks: asked.checks, varies: choice.varies)
            }
            return Asked(checks: try KubernetesQuery(query ?? ""))
        } catch {
            throw ErrorAnswer(.badRequest, error.message)
        }
    }
}
