// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOCore
import NIOHTTP1

/// What is sent back for one request.
struct Reply {
    let rendered: ListenerAnswers.Rendered
    /// The id to send; nil sends none.
    let requestID: String?
    /// Whether the methods are listed.
    let allows: Bool
}

extension ListenerContext {
    /// Decides the answer to a request that is well formed.
    func reply(to request: HTTPRequestHead, announcesBody: Bool, from peer: inout Peer) -> Decision {
        let clientID = request.headers.first(name: "x-request-id").flatMap(Self.sane)
        let allows = request.method == .OPTIONS
        do throws(ErrorAnswer) {
            let target = RequestTarget(request.uri)
            guard let route = Route(path: target.path) else {
                if request.method == .POST, target.path.hasPrefix(GRPCMethod.servicePath) {
                    // gRPC over HTTP/2, "Requests": what does not call itself gRPC is answered 415.
                    let hint = "gRPC is spoken here over HTTP/2, with Content-Type: application/grpc"
                    throw ErrorAnswer(.unsupportedMediaType, hint)
                }
                throw ErrorAnswer(.notFound, "no such path: \(quoted(target.path))")
            }
            if !route.isPublic { try checkReading(request, from: &peer) }
            let accept = AcceptField(request.headers["accept"])
            let asked = try asked(of: route, request.method, target.query, accept, announcesBody: announcesBody)
            let answers = route.isPublic ? statusAnswers(to: request) : details
            let requestID = clientID ?? (route.isAPI ? makeRequestID() : nil)
            switch answers.rendering(route, asked) {
            case .ready(let rendered):
                return .reply(Reply(rendered: rendered, requestID: requestID, allows: allows))
            case .awaited(let key): return .document(key, of: answers, requestID: requestID)
            case .missing:
                throw route.isAPI && !answers.showsDetail
                    ? ErrorAnswer(.forbidden, "this listener shows no detail")
                    : ErrorAnswer(.notFound, "no such target")
            }
        } catch {
            return .reply(reply(to: request, with: error))
        }
    }

    /// The answer to a request that cannot be served.
    func reply(to request: HTTPRequestHead, with error: ErrorAnswer) -> Reply {
        let requestID = requestID(of: request)
        let asProblem = AcceptField(request.headers["accept"]).names(.problemJSON)
        let answer = error.answer(at: answers.wallTime(), requestID: requestID, asProblem: asProblem)
        let allows = request.method == .OPTIONS && !error.fields.contains { $0.name == "Allow" }
        return Reply(rendered: ListenerAnswers.Rendered(answer), requestID: requestID, allows: allows)
    }

    /// The answer that was waited for, or that there is none any more.
    func reply(to request: HTTPRequestHead, with rendered: ListenerAnswers.Rendered?, requestID: String?) -> Reply {
        guard let rendered else { return reply(to: request, with: ErrorAnswer(.notFound, "no such target")) }
        return Reply(rendered: rendered, requestID: requestID, allows: request.method == .OPTIONS)
    }

    /// An answer of the API that was not prepared.
    func reply(to request: HTTPRequestHead, with answer: Answer) -> Reply {
        Reply(rendered: ListenerAnswers.Rendered(answer), requestID: requestID(of: request), allows: false)
    }

    /// The answer to a call.
    func reply(to request: HTTPRequestHead, with result: Result<AdminResult, ErrorAnswer>) -> Reply {
        do throws(ErrorAnswer) {
            return reply(to: request, with: try details.answer(to: try result.get()))
        } catch {
            return reply(to: request, with: error)
        }
    }

    /// Has a call that was to change something noted, done or refused.
    func note(_ request: HTTPRequestHead, code: UInt, requestID: String, who: () -> String) {
        guard let desk else { return }
        let path = RequestTarget(request.uri).path
        guard let service = Service(path: path), service.writes(request.method) else { return }
        let what = "\(request.method.rawValue) \(path)"
        desk.called(AdminCall(who: who(), what: what, code: Int(code), requestID: requestID))
    }

    /// The id of a request: the client's when it is sane, otherwise a new one.
    func requestID(of request: HTTPRequestHead) -> String {
        request.headers.first(name: "x-request-id").flatMap(Self.sane) ?? makeRequestID()
    }

    /// The whole answer to what is refused before it becomes a request.
    func refusal(_ refusal: RequestRefusal, allocator: ByteBufferAllocator) -> ByteBuffer {
        let requestID = makeRequestID()
        let answer = ErrorAnswer(refusal.kind, refusal.message).answer(at: answers.wallTime(), requestID: requestID)
        let fields = answer.responseFields(
            date: answers.currentDate(),
            connection: .closes,
            requestID: requestID
        )
        return answer.responseBytes(fields: fields, isHead: false, allocator: allocator)
    }

    private func asked(
        of route: Route,
        _ method: HTTPMethod,
        _ query: Substring?,
        _ accept: AcceptField,
        announcesBody: Bool
    ) throws(ErrorAnswer) -> Asked {
        guard [.GET, .HEAD, .OPTIONS].contains(method) else {
            let allow = HTTPField(name: "Allow", value: Answer.allowedMethods)
            throw ErrorAnswer(.methodNotAllowed, "only \(Answer.allowedMethods) are allowed here", fields: [allow])
        }
        guard !announcesBody else { throw ErrorAnswer(.contentTooLarge, "no request body is taken here") }
        return try asked(of: route, query, accept)
    }

    /// A client's request id, when it is short and harmless enough to be sent back and logged.
    private static func sane(_ id: String) -> String? {
        let isHarmless = id.utf8.allSatisfy { $0.isLetterOrDigit || "-_.:/+=".utf8.contains($0) }
        return (1...128).contains(id.utf8.count) && isHarmless ? id : nil
    }
}
