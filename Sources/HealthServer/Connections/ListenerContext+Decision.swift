// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOHTTP1

/// What is to be done about a request that is well formed.
enum Decision {
    /// The answer is there.
    case reply(Reply)
    /// The answer is not rendered yet; ``ListenerAnswers/render(_:then:)`` will have it.
    case document(DocumentCache.Key, of: ListenerAnswers, requestID: String?)
    /// The answer is a stream of events, from the one after `since` on; without `follows` only of those there are already.
    case stream(since: UInt64?, follows: Bool)
    /// The connection becomes a WebSocket that carries events.
    case upgrade(WebSocketRequest, since: UInt64?)
    /// Somebody else has the answer, once the whole request has come.
    case call(ServiceCall)
}

extension ListenerContext {
    /// Decides about a request, by its head alone.
    func decision(
        on request: HTTPRequestHead,
        facts: RequestFacts,
        from peer: inout Peer,
        who: () -> String
    ) -> Decision {
        let target = RequestTarget(request.uri)
        guard let service = Service(path: target.path), !service.isDocument(request.method) else {
            return reply(to: request, announcesBody: facts.announcesBody, from: &peer)
        }
        do throws(ErrorAnswer) {
            return try decision(on: request, service, target.query, facts, &peer, who)
        } catch {
            return .reply(reply(to: request, with: error))
        }
    }

    private func decision(
        on request: HTTPRequestHead,
        _ service: Service,
        _ query: Substring?,
        _ facts: RequestFacts,
        _ peer: inout Peer,
        _ who: () -> String
    ) throws(ErrorAnswer) -> Decision {
        if request.method == .OPTIONS { return .reply(reply(to: request, with: service.methodsAnswer)) }
        guard service.methods.contains(request.method) else {
            let message = "only \(service.allow.value) are allowed here"
            throw ErrorAnswer(.methodNotAllowed, message, fields: [service.allow])
        }
        try checkAccess(to: service, request, from: &peer)
        guard service.writes(request.method) || !facts.announcesBody else {
            throw ErrorAnswer(.contentTooLarge, "no request body is taken here")
        }
        if service == .events { return try eventsDecision(on: request, query, facts) }
        let query = try Query(query, allowing: ServiceCall.queryNames(service))
        if service.writes(request.method) { try checkBody(of: request, facts) }
        return .call(
            ServiceCall(service: service, head: request, query: query, who: who(), deadline: deadline(of: service))
        )
    }

    /// Refuses a body that is announced as something else than JSON, or as too long.
    ///
    /// Where a browser could be made to call, the type is asked for without a body too: no form can send it, and a script of
    /// another origin must ask before, which nobody answers.
    private func checkBody(of request: HTTPRequestHead, _ facts: RequestFacts) throws(ErrorAnswer) {
        let type = request.headers["content-type"]
        var isLocalSocket = false
        if case .unix = settings.address { isLocalSocket = true }
        if facts.announcesBody || !isLocalSocket || !type.isEmpty {
            let essence = type.first?.split(separator: ";").first?.trimmed.lowercased()
            guard type.count == 1, essence == "application/json" else {
                throw ErrorAnswer(.unsupportedMediaType, "Content-Type: application/json is expected")
            }
        }
        if let length = request.headers.first(name: "content-length").flatMap({ Int($0) }), length > limits.bodyBytes {
            throw CallUnderWay.tooLarge(limits)
        }
    }

    /// How long an answer may take: what is asked of the loop comes at once, a probe takes its timeout, files may be slow.
    private func deadline(of service: Service) -> Duration {
        switch service {
        case .probe(let name): (details.definition(of: name)?.timeout ?? .seconds(5)) + .seconds(3)
        case .reload: .seconds(30)
        default: .seconds(5)
        }
    }

    private func eventsDecision(
        on request: HTTPRequestHead,
        _ query: Substring?,
        _ facts: RequestFacts
    ) throws(ErrorAnswer) -> Decision {
        let query = try Query(query, allowing: ["since", "follow"])
        var since = try query.number("since")
        let follows = try query.flag("follow") ?? true
        if let id = request.headers.first(name: "last-event-id") {
            guard let number = UInt64(decimalDigits: id) else {
                throw ErrorAnswer(.badRequest, "Last-Event-ID: \(quoted(id)) is not a number")
            }
            since = number
        }
        guard request.headers.contains(name: "upgrade") else {
            try events.checkRoom()
            return .stream(since: since, follows: follows)
        }
        guard follows else { throw ErrorAnswer(.badRequest, "query follow: a WebSocket always follows") }
        let upgrade = try WebSocketRequest(request, isHTTP10: facts.isHTTP10)
        try events.checkRoom()
        return .upgrade(upgrade, since: since)
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}

extension Service {
    /// Whether a prepared document is the answer: the list of windows.
    fileprivate func isDocument(_ method: HTTPMethod) -> Bool {
        self == .maintenance && (method == .GET || method == .HEAD)
    }

    /// What OPTIONS is answered with.
    fileprivate var methodsAnswer: Answer {
        Answer(code: 200, contentType: .text, fields: [allow], body: Array("\(allow.value)\n".utf8))
    }
}
