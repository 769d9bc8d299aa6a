// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOCore
import NIOHTTP1

/// A call from its head to its answer: gathers the body, hands the command on, and waits, but not for ever; confined to the
/// event loop.
final class CallUnderWay {
    let call: ServiceCall
    private let listener: ListenerContext
    private let eventLoop: any EventLoop
    private let answer: (Result<AdminResult, ErrorAnswer>) -> Void
    private var body: [UInt8] = []
    private var deadline: Scheduled<Void>?
    private var isOver = false

    /// - Parameters:
    ///   - call: what is asked.
    ///   - listener: where.
    ///   - eventLoop: the connection's.
    ///   - answer: called once, unless the call is dropped before.
    init(
        _ call: ServiceCall,
        of listener: ListenerContext,
        on eventLoop: any EventLoop,
        answer: @escaping (Result<AdminResult, ErrorAnswer>) -> Void
    ) {
        self.call = call
        self.listener = listener
        self.eventLoop = eventLoop
        self.answer = answer
    }

    /// Takes a part of the body.
    func receive(_ part: ByteBuffer) {
        guard !isOver else { return }
        guard body.count + part.readableBytes <= listener.limits.bodyBytes else {
            return end(.failure(Self.tooLarge(listener.limits)))
        }
        body += part.readableBytesView
    }

    /// Hands the command on, now that the whole request has come.
    func perform() {
        guard !isOver else { return }
        guard let desk = listener.desk else {
            return end(.failure(ErrorAnswer(.unavailable, "there is no agent behind this server")))
        }
        let command: AdminCommand
        do throws(ErrorAnswer) {
            command = try call.command(body: body)
        } catch {
            return end(.failure(error))
        }
        let limit = call.deadline
        deadline = eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(limit.nanosecondsForTimers)) {
            self.end(.failure(ErrorAnswer(.unavailable, "the agent did not answer within \(limit.readable)")))
        }
        let mail = listener.replies
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        desk.take(command, reply: AdminReply { result in mail.put { bound.value.end(.success(result)) } })
    }

    /// Forgets the call: the client is gone.
    func drop() {
        isOver = true
        deadline?.cancel()
        deadline = nil
    }

    /// What a body that is too long is answered with.
    static func tooLarge(_ limits: ServerLimits) -> ErrorAnswer {
        ErrorAnswer(.contentTooLarge, "the body is longer than \(limits.bodyBytes) bytes")
    }

    private func end(_ result: Result<AdminResult, ErrorAnswer>) {
        guard !isOver else { return }
        drop()
        answer(result)
    }
}
