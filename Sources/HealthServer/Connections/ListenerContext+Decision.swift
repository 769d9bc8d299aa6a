// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOHTTP1

/// What is to be done about a request that is well formed.
enum Decision {
    /// The answer is there.
    case reply(Reply)
    /// The answer is large and not rendered yet; ``ListenerAnswers/render(_:then:)`` will have it.
    case document(DocumentCache.Key, requestID: String?)
    /// The answer is a stream of events, from the one after `since` on.
    case stream(since: UInt64?)
    /// The connection becomes a WebSocket that carries events.
    case upgrade(WebSocketRequest, since: UInt64?)
}

extension ListenerContext {
    /// Decides about a request, by its head alone.
    func decision(on request: HTTPRequestHead, facts: RequestFacts) -> Decision {
        let target = RequestTarget(request.uri)
        guard let service = Service(path: target.path) else {
            return reply(to: request, announcesBody: facts.announcesBody)
        }
        do throws(ErrorAnswer) {
            return try decision(on: request, service, target.query, facts)
        } catch {
            return .reply(reply(to: request, with: error))
        }
    }

    private func decision(
        on request: HTTPRequestHead,
        _ service: Service,
        _ query: Substring?,
        _ facts: RequestFacts
    ) throws(ErrorAnswer) -> Decision {
        if request.method == .OPTIONS { return .reply(reply(to: request, with: service.methodsAnswer)) }
        guard service.methods.contains(request.method) else {
            let message = "only \(service.allow.value) are allowed here"
            throw ErrorAnswer(.methodNotAllowed, message, fields: [service.allow])
        }
        try checkAccess(to: service, request)
        switch service {
        case .events:
            guard !facts.announcesBody else { throw ErrorAnswer(.contentTooLarge, "no request body is taken here") }
            return try eventsDecision(on: request, query, facts)
        }
    }

    private func eventsDecision(
        on request: HTTPRequestHead,
        _ query: Substring?,
        _ facts: RequestFacts
    ) throws(ErrorAnswer) -> Decision {
        var since = try Query(query, allowing: ["since"]).number("since")
        if let id = request.headers.first(name: "last-event-id") {
            guard let number = UInt64(decimalDigits: id) else {
                throw ErrorAnswer(.badRequest, "Last-Event-ID: \(quoted(id)) is not a number")
            }
            since = number
        }
        guard request.headers.contains(name: "upgrade") else {
            try events.checkRoom()
            return .stream(since: since)
        }
        let upgrade = try WebSocketRequest(request, isHTTP10: facts.isHTTP10)
        try events.checkRoom()
        return .upgrade(upgrade, since: since)
    }
}

extension Service {
    /// What OPTIONS is answered with.
    fileprivate var methodsAnswer: Answer {
        Answer(code: 200, contentType: .text, fields: [allow], body: Array("\(allow.value)\n".utf8))
    }
}
