// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOHTTP1

/// A request that somebody else than the server answers, as far as its head says.
struct ServiceCall {
    let service: Service
    let head: HTTPRequestHead
    let query: Query
    /// Who asks, for what an order says about itself.
    let who: String
    /// How long the answer may take.
    let deadline: Duration

    /// The most entries of a history that one answer holds.
    static let maximumHistory: UInt64 = 1_000
    /// The most spans of a stored history: a day by minute, or all there is by hour.
    static let maximumSpans: UInt64 = 1_440

    /// The names that its query may have.
    static func queryNames(_ service: Service) -> [String] {
        if case .history = service { ["since", "limit", "resolution"] } else { [] }
    }

    /// What is asked, once the body has come.
    func command(body: [UInt8]) throws(ErrorAnswer) -> AdminCommand {
        switch service {
        case .history(let name): return try history(of: name)
        case .probe(let name): return try .plain(.probe(name), body: body)
        case .breaker(let name, let action): return try .breaker(name, action, body: body, by: who)
        case .maintenance: return try .beginMaintenance(body: body, by: who)
        case .maintenanceWindow(let id): return try .plain(.endMaintenance(id), body: body)
        case .reload: return try .plain(.reload, body: body)
        case .events: preconditionFailure("events are a stream, not a call")
        }
    }

    private func history(of name: TargetName) throws(ErrorAnswer) -> AdminCommand {
        var since: WallTime?
        if let text = query["since"] {
            guard let time = WallTime(rfc3339: text) else {
                let example = "2026-11-21T03:49:10Z"
                throw ErrorAnswer(
                    .badRequest,
                    "query since: \(quoted(text)) is not an RFC 3339 time (such as \(example))"
                )
            }
            since = time
        }
        let step = try resolution()
        let limit = try query.number("limit") ?? 100
        let maximum = step == nil ? Self.maximumHistory : Self.maximumSpans
        guard (1...maximum).contains(limit) else {
            throw ErrorAnswer(.badRequest, "query limit: \(limit) is out of range (1 to \(maximum))")
        }
        guard let step else { return .history(name, since: since, limit: Int(limit)) }
        return .rolledHistory(name, step, since: since, limit: Int(limit))
    }

    /// How finely stored history is wanted; nil for what is in memory.
    private func resolution() throws(ErrorAnswer) -> HistoryStep? {
        guard let text = query["resolution"] else { return nil }
        guard let step = HistoryStep(rawValue: text) else {
            let message = "query resolution: \(quoted(text)) is not known (use minute or hour)"
            throw ErrorAnswer(.badRequest, message)
        }
        return step
    }
}
