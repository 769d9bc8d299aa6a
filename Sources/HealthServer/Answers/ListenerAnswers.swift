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
    private let figures: FigureRequests
    private let settings: ListenerSettings
    private let allocator = ByteBufferAllocator()

    private var view: StatusView
    private var date: String
    private var generation: UInt64
    private var validUntil: MonotonicInstant
    /// Prepared status answers by ``slot(_:isHead:connection:)``.
    private var prepared: [PreparedAnswer?]
    /// Answers about everything; those about one target are small and not kept.
    private let documents: DocumentCache

    /// An answer with its body ready to be sent any number of times.
    struct Rendered: Sendable {
        /// Without its text, which is in `body` only.
        let answer: Answer
        let body: ByteBuffer

        init(_ answer: Answer) {
            self.answer = answer.withoutBody()
            body = ByteBuffer(bytes: answer.body)
        }
    }

    /// How far the answer to a request is.
    enum Rendering {
        case ready(Rendered)
        /// It names something that does not exist.
        case missing
        /// It is large, or shows figures that are not here yet; ``render(_:then:)`` will have it.
        case awaited(DocumentCache.Key)
    }

    init(state: ServedState, settings: ListenerSettings, figures: FigureRequests, thread: RenderingThread) {
        self.state = state
        self.figures = figures
        documents = DocumentCache(thread)
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

    /// What answers a plain request for a status path; nil when it would be a long time in the making, and is rendered
    /// elsewhere: a failing list of many targets.
    func prepared(for path: StatusPath, isHead: Bool, connection: ConnectionOutcome) -> PreparedAnswer? {
        let now = refresh()
        let isAlive = path != .live || state.isAlive(at: now)
        let slot = Self.slot(path, isAlive: isAlive, isHead: isHead, connection: connection)
        if let prepared = prepared[slot] { return prepared }
        guard !isLarge(DocumentCache.Key(route: .status(path), asked: Asked())) else { return nil }
        let answer = status(path, isAlive: isAlive, query: KubernetesQuery())
        let bytes = answer.responseBytes(
            fields: answer.responseFields(date: date, connection: connection),
            isHead: isHead,
            allocator: allocator
        )
        let prepared = PreparedAnswer(bytes)
        self.prepared[slot] = prepared
        return prepared
    }

    /// What answers a request.
    func rendering(_ route: Route, _ asked: Asked) -> Rendering {
        let now = refresh()
        let key = DocumentCache.Key(route: route, asked: asked)
        let isKept = isKept(key)
        if isKept, let document = documents[key] { return .ready(document) }
        if isLarge(key) || (showsFigures(key) && !figures.areFresh) { return .awaited(key) }
        guard let answer = answer(route, asked, isAlive: state.isAlive(at: now)) else { return .missing }
        let document = Rendered(answer)
        if isKept { documents.keep(document, as: key) }
        return .ready(document)
    }

    /// Renders a document that is large or shows figures, or waits for it where others do already.
    ///
    /// - Parameters:
    ///   - key: what ``rendering(_:_:)`` said.
    ///   - then: called on the event loop with a document that was not begun before this call.
    func render(_ key: DocumentCache.Key, then: @escaping (Rendered?) -> Void) {
        guard showsFigures(key) else { return renderNow(key, then: then) }
        figures.wait { self.renderNow(key, then: then) }
    }

    private func renderNow(_ key: DocumentCache.Key, then: @escaping (Rendered?) -> Void) {
        documents.render(key, keeps: isKept(key), then: then) {
            self.refresh()
            let view = self.view
            let facts = self.factsAsOfNow
            return { view.document(key.route, key.asked, facts: facts).map(Rendered.init) }
        }
    }

    /// The line that answers HAProxy's agent check.
    func agentCheckLine(about name: String?) -> [UInt8] {
        refresh()
        return view.agentCheckLine(about: name)
    }

    /// The status of a service of gRPC; nil when there is none of this name.
    func servingStatus(of service: String) -> ServingStatus? {
        refresh()
        return view.snapshot.servingStatus(of: service)
    }

    /// The message with the status of every service of gRPC that may be named here.
    ///
    /// - Parameter then: gets it, now or later on the event loop.
    func servingList(then: @escaping (ByteBuffer?) -> Void) {
        refresh()
        let key = DocumentCache.Key(route: .apiTargets, asked: Asked(), listsServices: true)
        if let document = documents[key] { return then(document.body) }
        guard showsDetail, view.snapshot.targets.count > Self.fewLines else {
            let document = Self.servingList(of: view.snapshot, showsDetail: showsDetail)
            documents.keep(document, as: key)
            return then(document.body)
        }
        documents.render(key, then: { then($0?.body) }) {
            self.refresh()
            let snapshot = self.view.snapshot
            return { Self.servingList(of: snapshot, showsDetail: true) }
        }
    }

    private static func servingList(of snapshot: HealthSnapshot, showsDetail: Bool) -> Rendered {
        let statuses = showsDetail ? snapshot.servingStatuses : Array(snapshot.servingStatuses.prefix(1))
        let message = HealthMessages.list(statuses)
        return Rendered(Answer(code: 200, contentType: .text, body: Array(message.readableBytesView)))
    }

    /// The `Date` field of an answer that is sent now.
    func currentDate() -> String {
        refresh()
        return date
    }

    /// The time that limits are counted by.
    func instant() -> MonotonicInstant { state.clock() }

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

    private func answer(_ route: Route, _ asked: Asked, isAlive: Bool) -> Answer? {
        if case .status(let path) = route, path != .ready { return status(path, isAlive: isAlive, query: asked.checks) }
        return view.document(route, asked, facts: factsAsOfNow)
    }

    /// What metrics tell of the agent: the server's counters as they are now, the rest as it is when they are rendered.
    private var factsAsOfNow: @Sendable () -> AgentFacts {
        let (facts, counters) = (state.facts, state.counters())
        return {
            var all = facts()
            all.server = counters
            return all
        }
    }

    /// Whether a document is worth keeping: those with a query of their own are as many as clients care to think of.
    private func isKept(_ key: DocumentCache.Key) -> Bool {
        key.route.isAboutEverything && key.asked.checks == KubernetesQuery()
    }

    /// Whether a document tells what every probe changes.
    private func showsFigures(_ key: DocumentCache.Key) -> Bool {
        switch key.route {
        case .metrics: true
        case .apiHealth, .apiTargets, .apiBreakers: view.showsDetail
        case .apiTarget(let name): view.showsDetail && view.snapshot.target(name) != nil
        case .status(.ready), .readyTarget, .health, .healthTarget, .healthGroup:
            view.showsDetail && key.asked.dialect.listsTargets
        case .status(.live), .status(.startup), .apiMaintenance, .apiDescription: false
        }
    }

    /// Whether rendering would hold up the requests behind this one.
    private func isLarge(_ key: DocumentCache.Key) -> Bool {
        let count = view.snapshot.targets.count + view.snapshot.groups.count
        let listsMany = view.showsDetail && count > Self.fewTargets
        return switch key.route {
        // It also asks the kernel about the process.
        case .metrics: true
        case .apiHealth, .apiTargets, .apiBreakers: listsMany
        case .apiMaintenance: view.showsDetail && view.snapshot.maintenance.count > Self.fewWindows
        case .apiDescription, .apiTarget, .status(.live), .readyTarget, .healthTarget: false
        case .healthGroup(let name):
            view.showsDetail && key.asked.dialect.listsTargets
                && view.snapshot.group(name)?.members.count ?? 0 > Self.fewTargets
        case .status(.startup): count > Self.fewLines
        case .status(.ready), .health:
            if key.asked.dialect == .text {
                // A list of all is looked through, and written where something fails.
                count > Self.fewLines
                    && (key.asked.checks != KubernetesQuery() || !view.snapshot.aggregate.status.passes)
            } else {
                listsMany && key.asked.dialect.listsTargets
            }
        }
    }

    /// So many lines of text are rendered at once, or left out.
    private static let fewLines = 512

    /// So many maintenance windows are rendered at once.
    private static let fewWindows = 8

    /// So many targets are rendered at once: well under a millisecond.
    private static let fewTargets = 32

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
        documents.clear()
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
