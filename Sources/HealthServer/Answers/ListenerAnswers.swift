// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOCore

/// The answers of one listener, each rendered once and kept until something changes; confined to the event loop.
///
/// "Something changes" is a new snapshot, draining, a verdict that grows old by the clock, or a second that has passed (the
/// `Date` and `Retry-After` fields, and waits in documents, are never older). The clock is compared at every request, so a
/// stalled probe loop is seen by the first request after the limit, without any timer.
final class ListenerAnswers {
    private let state: ServedState
    private let settings: ListenerSettings
    private let allocator = ByteBufferAllocator()

    private var view: StatusView
    private var date: String
    private var generation: UInt64
    private var validUntil: MonotonicInstant
    /// Prepared status answers by ``slot(_:isHead:connection:)``.
    private var prepared: [ByteBuffer?]
    private var documents: [Route: Rendered] = [:]

    /// An answer with its body ready to be sent any number of times.
    struct Rendered {
        let answer: Answer
        let body: ByteBuffer

        init(_ answer: Answer) {
            self.answer = answer
            body = ByteBuffer(bytes: answer.body)
        }
    }

    init(state: ServedState, settings: ListenerSettings) {
        self.state = state
        self.settings = settings
        let now = state.clock()
        view = Self.view(of: state, settings, at: now)
        date = state.wallClock().httpDate
        generation = state.generation
        validUntil = now
        prepared = Array(repeating: nil, count: Self.slots)
    }

    /// Whether names of targets and texts are shown.
    var showsDetail: Bool { settings.showsDetail }

    /// Whether every answer ends its connection.
    var isDraining: Bool { state.drainingSince != nil || view.snapshot.aggregate.status == .draining }

    /// The bytes that answer a plain request for a status path.
    func bytes(for path: StatusPath, isHead: Bool, connection: ConnectionOutcome) -> ByteBuffer {
        let now = refresh()
        let isAlive = path != .live || state.isAlive(at: now)
        let slot = Self.slot(path, isAlive: isAlive, isHead: isHead, connection: connection)
        if let bytes = prepared[slot] { return bytes }
        let answer = status(path, isAlive: isAlive, query: KubernetesQuery())
        let bytes = answer.responseBytes(
            fields: answer.responseFields(date: date, connection: connection),
            isHead: isHead,
            allocator: allocator
        )
        prepared[slot] = bytes
        return bytes
    }

    /// What answers `route`; nil when it names a target that does not exist.
    func rendered(_ route: Route, query: KubernetesQuery) -> Rendered? {
        let now = refresh()
        guard case .status(let path) = route else {
            if let document = documents[route] { return document }
            guard let answer = document(route) else { return nil }
            let document = Rendered(answer)
            documents[route] = document
            return document
        }
        return Rendered(status(path, isAlive: state.isAlive(at: now), query: query))
    }

    /// The `Date` field of an answer that is sent now.
    func currentDate() -> String {
        refresh()
        return date
    }

    /// The calendar time, for errors.
    func wallTime() -> WallTime { state.wallClock() }

    /// How a target is probed; nil when there is none.
    func definition(of name: TargetName) -> ProbeSpec? { state.snapshot.target(name)?.definition?.spec }

    /// The answer to a command.
    func answer(to result: AdminResult) throws(ErrorAnswer) -> Answer {
        refresh()
        return try view.answer(to: result)
    }

    private func status(_ path: StatusPath, isAlive: Bool, query: KubernetesQuery) -> Answer {
        switch path {
        case .ready: view.readiness(query)
        case .startup: view.startup(query)
        case .live: Liveness(isProgressing: isAlive, bound: state.livenessBound).answer(query)
        }
    }

    private func document(_ route: Route) -> Answer? {
        switch route {
        case .status(let path): status(path, isAlive: state.isAlive(at: view.now), query: KubernetesQuery())
        case .readyTarget(let name): view.readiness(of: name)
        case .health: view.healthDocument()
        case .healthTarget(let name): view.healthDocument(of: name)
        case .healthGroup(let name): view.healthDocument(ofGroup: name)
        case .metrics: view.metrics()
        case .apiHealth: view.statusDocument()
        case .apiTargets: view.targetsDocument()
        case .apiBreakers: view.breakersDocument()
        case .apiMaintenance: view.maintenanceDocument()
        case .apiDescription: APIDescription.answer(version: view.snapshot.agent.version)
        case .apiTarget(let name): view.targetDocument(of: name)
        }
    }

    /// Throws away what no longer holds; returns the moment it looked at.
    @discardableResult
    private func refresh() -> MonotonicInstant {
        let now = state.clock()
        guard now >= validUntil || generation != state.generation else { return now }
        view = Self.view(of: state, settings, at: now)
        date = state.wallClock().httpDate
        generation = state.generation
        let second = now.advanced(by: .seconds(1))
        validUntil = min(state.snapshot.changesNext(after: now) ?? second, second)
        for slot in prepared.indices { prepared[slot] = nil }
        documents.removeAll(keepingCapacity: true)
        return now
    }

    private static func view(
        of state: ServedState,
        _ settings: ListenerSettings,
        at now: MonotonicInstant
    ) -> StatusView {
        StatusView(
            state.snapshot,
            at: now,
            drainingSince: state.drainingSince,
            showsDetail: settings.showsDetail,
            degradedCode: settings.degradedCode
        )
    }

    private static let slots = StatusPath.allCases.count * 2 * 2 * ConnectionOutcome.allCases.count

    private static func slot(
        _ path: StatusPath,
        isAlive: Bool,
        isHead: Bool,
        connection: ConnectionOutcome
    ) -> Int {
        let kind = (path.rawValue * 2 + (isAlive ? 1 : 0)) * 2 + (isHead ? 1 : 0)
        return kind * ConnectionOutcome.allCases.count + connection.rawValue
    }
}
