// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import NIOHPACK
import NIOHTTP2

/// One call of `grpc.health.v1.Health` on a stream of its own ("gRPC over HTTP/2").
///
/// The service is for everybody, as the status paths are. A listener without `detail` answers about a target whose name the
/// client knows, as `/readyz/<target>` does, but lists the aggregate only.
final class GRPCCall: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let request: HPACKHeaders
    private let listener: ListenerContext
    private let carrier: HTTP2Stream
    private var reader: GRPCMessageReader
    private var context: ChannelHandlerContext?
    private var deadline: Scheduled<Void>?
    private var hasHeaders = false
    private var hasEnded = false
    /// What is watched, and what was said of it last.
    private var watched: (service: String, told: ServingStatus?)?

    /// Whether the request is one of gRPC, by its content type.
    static func isCall(_ headers: HPACKHeaders) -> Bool {
        headers.first(name: "content-type")?.lowercased().hasPrefix("application/grpc") ?? false
    }

    init(_ request: HPACKHeaders, on listener: ListenerContext, carrier: HTTP2Stream) {
        self.request = request
        self.listener = listener
        self.carrier = carrier
        reader = GRPCMessageReader(encoding: request.first(name: "grpc-encoding"))
    }

    // MARK: What the channel says

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        listener.connections.counters.grpcCalls += 1
        attempt { () throws(GRPCFailure) in try self.begin() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        forget()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        forget()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasEnded else { return }
        switch Self.unwrapInboundIn(data) {
        case .headers(let payload):
            if payload.endStream { attempt { () throws(GRPCFailure) in try self.perform() } }
        case .data(let payload):
            guard case .byteBuffer(let bytes) = payload.data else { return }
            attempt { () throws(GRPCFailure) in
                try self.reader.take(bytes)
                if payload.endStream { try self.perform() }
            }
        default: break
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        tellChange()
        context.fireChannelWritabilityChanged()
    }

    // MARK: What the server says

    /// Sends the status that is watched, when it is another one than the client knows and the client can take it.
    func tellChange() {
        guard let watched, let context, context.channel.isWritable else { return }
        let status = listener.answers.servingStatus(of: watched.service) ?? .serviceUnknown
        guard status != watched.told else { return }
        self.watched?.told = status
        send(HealthMessages.response(status))
        context.flush()
    }

    /// Ends a call that has no end of its own.
    func stop() {
        fail(GRPCFailure(.unavailable, "the agent is shutting down"))
    }
}

// MARK: - From the fields to the trailers

extension GRPCCall {
    /// Checks what can be checked without the message.
    private func begin() throws(GRPCFailure) {
        guard request.first(name: ":method") == "POST" else {
            throw GRPCFailure(.internal, "a call of gRPC is a POST")
        }
        let type = request.first(name: "content-type")?.lowercased().split(separator: ";").first.map(String.init)
        guard type == "application/grpc" || type == "application/grpc+proto" else {
            throw GRPCFailure(.internal, "only messages of Protocol Buffers are understood (application/grpc)")
        }
        _ = try GRPCMethod(path: request.first(name: ":path") ?? "")
        if let timeout = request.first(name: "grpc-timeout") { try schedule(GRPCTimeout.parse(timeout)) }
    }

    private func perform() throws(GRPCFailure) {
        let method = try GRPCMethod(path: request.first(name: ":path") ?? "")
        let service = try HealthMessages.service(in: reader.message())
        switch method {
        case .check:
            guard let status = listener.answers.servingStatus(of: service) else {
                throw GRPCFailure(.notFound, "unknown service")
            }
            send(HealthMessages.response(status))
            end()
        case .list:
            listener.answers.servingList { [weak self] message in
                guard let self, let message, !hasEnded else { return }
                send(message)
                end()
            }
        case .watch:
            try listener.watchers.add(self)
            watched = (service, nil)
            carrier.streams(isUpgraded: false)
            tellChange()
        }
    }

    private func schedule(_ timeout: Duration) throws(GRPCFailure) {
        guard let context else { return }
        guard timeout > .zero else { throw GRPCFailure(.deadlineExceeded, "no time was left for the call") }
        let amount = TimeAmount.nanoseconds(timeout.nanosecondsForTimers)
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: amount) {
            self.fail(GRPCFailure(.deadlineExceeded, "the client's deadline has passed"))
        }
    }

    private func attempt(_ work: () throws(GRPCFailure) -> Void) {
        do throws(GRPCFailure) { try work() } catch { fail(error) }
    }

    private func send(_ message: ByteBuffer) {
        guard let context, !hasEnded else { return }
        if !hasHeaders {
            hasHeaders = true
            context.write(Self.wrapOutboundOut(.headers(.init(headers: Self.headers))), promise: nil)
        }
        context.write(Self.wrapOutboundOut(.data(.init(data: .byteBuffer(message)))), promise: nil)
    }

    private func end() {
        finish(with: ["grpc-status": "0"])
    }

    private func fail(_ failure: GRPCFailure) {
        finish(with: ["grpc-status": String(failure.code.rawValue), "grpc-message": failure.escapedMessage])
    }

    /// Sends the trailers; with the fields before them, where none were sent ("Trailers-Only").
    private func finish(with trailers: HPACKHeaders) {
        guard let context, !hasEnded else { return }
        hasEnded = true
        forget()
        var fields = hasHeaders ? HPACKHeaders() : Self.headers
        fields.add(contentsOf: trailers)
        context.write(Self.wrapOutboundOut(.headers(.init(headers: fields, endStream: true))), promise: nil)
        carrier.endCall()
    }

    private func forget() {
        deadline?.cancel()
        deadline = nil
        watched = nil
        listener.watchers.remove(self)
    }

    private static var headers: HPACKHeaders {
        [":status": "200", "content-type": "application/grpc", "grpc-accept-encoding": "identity"]
    }
}
