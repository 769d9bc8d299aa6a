// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOCore

/// One request after the other.
extension RequestGate {
    func process(_ context: ChannelHandlerContext) {
        guard !isProcessing else { return }
        isProcessing = true
        while phase == .reading, buffer.readableBytes > 0, isWritable {
            do throws(RequestRefusal) {
                guard try takeRequest(context) else { break }
            } catch {
                if error.kind == .versionUnsupported, beginsHTTP2 { return speakHTTP2(context) }
                refuse(context, error)
            }
            if !isWritable { context.flush() }
        }
        isProcessing = false
        context.flush()
        giveBackMemory(context)
        if inputClosed, phase == .reading, isWritable { endWhenWritten(context) }
        if wantsRead { read(context: context) }
    }

    /// Answers the request before when it has come again, whole and alone, and nothing else is to be done; false otherwise.
    func answersAgain(_ incoming: ByteBuffer, _ context: ChannelHandlerContext) -> Bool {
        guard phase == .reading, isWritable, !isProcessing, !inputClosed, !wantsRead, !skippedEmptyLine,
            repeated.isAll(of: incoming)
        else { return false }
        let facts = repeated.facts
        let outcome = listener.outcome(of: facts)
        guard outcome != .closes, let answer = preparedAnswer(for: facts, outcome) else { return false }
        listener.connections.counters.answeredFast += 1
        stall.written += answer.count
        since = listener.connections.now
        context.writeAndFlush(answer.data, promise: nil)
        return true
    }

    /// Answers or hands on one request; false when its head is not complete.
    private func takeRequest(_ context: ChannelHandlerContext) throws(RequestRefusal) -> Bool {
        guard skipEmptyLine() else { return false }
        let received = buffer
        let unread = received.readableBytesUInt8Span
        guard case .complete(let length) = try scanner.advance(unread) else { return false }
        let facts = try RequestFacts(unread, length: length)
        scanner = RequestScanner(limits: listener.limits)
        skippedEmptyLine = false
        let outcome = listener.outcome(of: facts)
        if let answer = preparedAnswer(for: facts, outcome) {
            // Who asks once and goes is not worth it.
            if hasAnswered, length == received.readableBytes { repeated.remember(received, facts) }
            buffer.moveReaderIndex(forwardBy: length)
            listener.connections.counters.answeredFast += 1
            stall.written += answer.count
            context.write(answer.data, promise: nil)
            finishRequest(context, outcome, clientEnds: !facts.keepsAlive)
        } else if let head = buffer.readSlice(length: length) {
            phase = .answering
            since = listener.connections.now
            self.facts = facts
            if !hasFullParser {
                hasFullParser = true
                FullParser.install(behind: self, of: listener, in: context)
            }
            answerTimeout = nil
            context.fireChannelRead(Self.wrapInboundOut(head))
            handOnRest(context)
        }
        return true
    }

    /// The answer that is ready; nil sends the request to the full parser.
    private func preparedAnswer(for facts: RequestFacts, _ outcome: ConnectionOutcome) -> PreparedAnswer? {
        guard listener.usesPreparedBytes, let path = facts.prepared else { return nil }
        let answers = facts.isHostOurs ? listener.answers : listener.anonymous ?? listener.answers
        return answers.prepared(for: path, isHead: facts.isHead, connection: outcome)
    }

    /// Whether the bytes are the first ones of a client that knows that HTTP/2 is spoken here, on a connection in plain text.
    private var beginsHTTP2: Bool {
        listener.settings.speaksHTTP2 && listener.settings.tls == nil && !hasAnswered && !skippedEmptyLine
            && buffer.readableBytesView.starts(with: HTTP2Connection.preface)
    }

    func speakHTTP2(_ context: ChannelHandlerContext) {
        phase = .replaced
        HTTP2Connection.install(
            inPlaceOf: self,
            of: listener,
            with: exchange(&buffer, with: ByteBuffer()),
            in: context
        )
    }

    /// Hands on what has arrived already behind a head whose body, or whose other protocol, is taken.
    func handOnRest(_ context: ChannelHandlerContext) {
        guard phase == .receiving || phase == .streaming else { return }
        let rest = exchange(&buffer, with: ByteBuffer())
        if rest.readableBytes > 0, phase == .receiving || isUpgraded {
            context.fireChannelRead(Self.wrapInboundOut(rest))
        }
    }

    /// Skips one empty line before a request, as RFC 9112 section 2.2 asks; the scan refuses a second one.
    ///
    /// False when nothing is left to look at, or only a CR that may be the first half of such a line.
    private func skipEmptyLine() -> Bool {
        guard scanner.isAtStart, !skippedEmptyLine, buffer.getInteger(at: buffer.readerIndex) == UInt8.carriageReturn
        else { return buffer.readableBytes > 0 }
        guard buffer.readableBytes >= 2 else { return false }
        guard buffer.getInteger(at: buffer.readerIndex + 1) == UInt8.lineFeed else { return true }
        buffer.moveReaderIndex(forwardBy: 2)
        skippedEmptyLine = true
        return buffer.readableBytes > 0
    }
}
