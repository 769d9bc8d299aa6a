// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import HealthModel

/// A command to the running agent over its admin socket: calls, prints what came of it, and says how the command ends.
package struct AgentCall {
    private let place: StatusQuery.Place

    /// - Parameter socket: the admin socket; nil = the usual place.
    package init(socket: String?) {
        place = .unix(socket ?? AdminSocket.calling())
    }

    /// `bellwether breaker`: does something with a target's breaker, and prints the state it is in then.
    ///
    /// - Parameters:
    ///   - action: `open`, `close`, `reset`, `disable` or `enable`.
    ///   - target: the target's name.
    ///   - duration: after which it ends by itself, as the configuration writes it.
    ///   - reason: why.
    /// - Returns: how the command ends.
    package func breaker(_ action: String, target: String, for duration: String?, reason: String?) -> CommandStatus {
        guard let action = BreakerAction(rawValue: action), let name = TargetName(target) else {
            StandardError.print("bellwether: \(target.visible) is not a target's name")
            return .usage
        }
        let order = BreakerOrder(for: duration, reason: reason)
        return call("/api/v1/breakers/\(name)/\(action.rawValue)", order) { (answer) throws(StatusConnection.Problem) in
            let breaker = try answer.document(BreakerDocument.self)
            StandardOutput.print("\(breaker.name): \(breaker.state); \(breaker.why)".visible)
        }
    }

    /// `bellwether reload`: has the configuration read again, waits, and prints what changed.
    package func reload() -> CommandStatus {
        call("/api/v1/reload", nil, within: .seconds(40)) { (answer) throws(StatusConnection.Problem) in
            let report = try answer.document(ReloadDocument.self)
            for warning in report.warnings { StandardError.print(warning.text) }
            StandardOutput.print(report.text)
        }
    }

    private func call(
        _ path: String,
        _ order: BreakerOrder?,
        within timeout: Duration = .seconds(10),
        _ show: (AgentAnswer) throws(StatusConnection.Problem) -> Void
    ) -> CommandStatus {
        do throws(StatusConnection.Problem) {
            let body = order.flatMap { try? JSONEncoder().encode($0) } ?? Data("{}".utf8)
            let answer = try StatusConnection(place).exchange("POST", path, body: Array(body), within: timeout)
            guard answer.code == 200 else { return try refused(answer) }
            try show(answer)
            return .healthy
        } catch {
            StandardError.print("bellwether: no answer from \(place): \(error.message)")
            return .unavailable
        }
    }

    /// Prints why the agent refused, and says how the command ends: a wrong configuration, a wrong request, or no service.
    private func refused(_ answer: AgentAnswer) throws(StatusConnection.Problem) -> CommandStatus {
        let error = try answer.document(AgentError.self)
        for diagnostic in error.diagnostics ?? [] { StandardError.print(diagnostic.text) }
        StandardError.print("bellwether: \(error.message.visible)")
        if error.diagnostics != nil { return .configuration }
        return [400, 404, 422].contains(error.code) ? .usage : .unavailable
    }
}

/// What is sent with an action.
private struct BreakerOrder: Encodable {
    var duration: String?
    var reason: String?

    init(for duration: String?, reason: String?) {
        self.duration = duration
        self.reason = reason
    }

    enum CodingKeys: String, CodingKey {
        case duration = "for"
        case reason
    }
}

/// The part of a breaker's document that is printed.
private struct BreakerDocument: Decodable {
    var name: String
    var state: String
    var why: String
}
