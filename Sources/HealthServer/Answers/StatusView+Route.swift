// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel

extension StatusView {
    /// What answers a route from this view; nil when it names something that does not exist.
    ///
    /// - Parameters:
    ///   - route: any but `/livez`, which knows more than the view does.
    ///   - asked: how it is written.
    ///   - facts: tells of the agent itself; called for metrics only, and may ask the kernel.
    /// - Returns: the answer.
    func document(_ route: Route, _ asked: Asked, facts: () -> AgentFacts) -> Answer? {
        if route == .status(.startup) { return startup(asked.checks) }
        if let subject = route.statusSubject {
            return answer(about: subject, in: asked.dialect, query: asked.checks, varies: asked.varies)
        }
        switch route {
        case .metrics: return metrics(asked.metrics, facts())
        case .apiHealth: return statusDocument()
        case .apiTargets: return targetsDocument()
        case .apiBreakers: return breakersDocument()
        case .apiMaintenance: return maintenanceDocument()
        case .apiDescription: return APIDescription.answer(version: snapshot.agent.version)
        case .apiTarget(let name): return targetDocument(of: name)
        case .status, .readyTarget, .health, .healthTarget, .healthGroup: return nil
        }
    }
}
