// SPDX-License-Identifier: Apache-2.0

package import HealthModel
import LinuxRuntime

/// The client's side of one WebSocket connection, from the upgrade request to the closing handshake; without a socket.
///
/// ```
/// upgrading ──101──▶ talking ──dialog over, Close sent──▶ closing ──Close──▶ closed ──end of the connection──▶ over
///     └─── anything else ───┴────────────────────────────────┴── violation ─────────────────────────────────────▶
/// ```
///
/// It is told what came (`receive`, `peerEnded`, `timeUp`) and says what is to be written (`takeOutput`), where it stands
/// (`stage`), and how it went (`ending`). What it holds is bounded: one message, one control frame, one head.
package struct WebSocketSession {
    /// Where a session stands; see the picture above.
    package enum Stage: Hashable, Sendable {
        case upgrading
        case talking
        /// All was as expected; the peer's Close is awaited.
        case closing
        /// Both Close frames were exchanged; the server ends the connection (RFC 6455, section 7.1.1).
        case closed
        case over
    }

    /// The most bytes that are taken from a peer, unless one message may be longer still.
    static let mostBytes = 1024 * 1_024

    package private(set) var stage = Stage.upgrading
    /// How it went; nil until the stage is `over`.
    package private(set) var ending: WebSocketEnding?
    /// The status of the answer to the upgrade request.
    package private(set) var status: Int?
    /// The code of the peer's Close frame: 1005 when it gave none, 1006 when the connection ended without a frame.
    package private(set) var closeCode: UInt16?
    /// Whether the peer has sent anything.
    package var hasAnswer: Bool { taken > 0 }

    private let request: UpgradeRequest
    private var head = AnswerHeadReader()
    private var reader: WebSocketReader
    private var dialog: WebSocketDialog
    private let pings: Bool
    private var pingPayload: [UInt8]?
    private var pongPayload: [UInt8]?
    private var random: any RandomNumberGenerator
    private var output: [UInt8]
    private let limit: Int
    private var taken = 0
    private var hasFrames = false

    /// A session that is about to send its request.
    ///
    /// - Parameters:
    ///   - probe: what to ask for.
    ///   - steps: the probe's dialog, compiled.
    ///   - fields: fields of the request after those of the probe.
    ///   - random: for the key, the masks and the ping; unpredictable outside of tests.
    package init(
        _ probe: WebSocketProbe,
        _ steps: [WebSocketDialog.Step],
        adding fields: [HTTPField] = [],
        random: any RandomNumberGenerator
    ) {
        var random = random
        request = UpgradeRequest(probe, adding: fields, using: &random)
        output = request.bytes
        self.random = random
        reader = WebSocketReader(maximumMessage: probe.maximumMessageBytes)
        dialog = WebSocketDialog(steps)
        pings = probe.ping
        limit = max(Self.mostBytes, 2 * probe.maximumMessageBytes)
    }

    /// Takes what is to be written now; empty when there is nothing.
    package mutating func takeOutput() -> [UInt8] {
        answerPing()
        defer { output.removeAll(keepingCapacity: true) }
        return output
    }

    /// The peer has sent `bytes`.
    package mutating func receive(_ bytes: [UInt8]) {
        guard stage != .over else { return }
        taken += bytes.count
        var rest = bytes[...]
        if stage == .upgrading { readHead(&rest) }
        readFrames(&rest)
        if taken > limit, stage != .over {
            fail(.tooLarge, "more than \(limit) bytes, and the dialog is not over", layer: .l7Response, closing: 1009)
        }
    }

    /// The peer has ended the connection.
    package mutating func peerEnded() {
        switch stage {
        case .upgrading:
            let message =
                hasAnswer ? "the answer to the upgrade ends too early" : "the connection ended without an answer"
            fail(.protocolError, message, layer: .l7Response)
        case .talking:
            closeCode = CloseFrame.noFrame
            fail(.webSocketClose, "the connection ended without a close frame", layer: .l7Response)
        case .closing, .closed: finish(.passed)
        case .over: break
        }
    }

    /// The connection has failed, such as by a reset.
    package mutating func connectionFailed(_ failure: Failure) {
        switch stage {
        case .upgrading, .talking: finish(WebSocketEnding(failure: failure, layer: .l7Response))
        case .closing, .closed: finish(.passed)
        case .over: break
        }
    }

    /// The time that was allowed, in all, is up; also for waiting for the peer's Close.
    package mutating func timeUp(after allowed: Duration) {
        switch stage {
        case .upgrading:
            let seen = hasAnswer ? "no whole answer" : "no answer"
            fail(.timeout, "\(seen) to the upgrade within \(allowed.readable)", layer: .l7Timeout)
        case .talking where dialog.isOver:
            fail(.timeout, "no pong within \(allowed.readable)", layer: .l7Timeout, closing: 1000)
        case .talking:
            let failure = dialog.failure(after: allowed)
            fail(failure, layer: failure.reason == .timeout ? .l7Timeout : .l7Status, closing: 1000)
        case .closing, .closed: finish(.passed)
        case .over: break
        }
    }

    private mutating func readHead(_ bytes: inout ArraySlice<UInt8>) {
        do throws(AnswerHeadReader.Problem) {
            guard let head = try head.next(&bytes) else { return }
            status = head.status
            if let (reason, message) = UpgradeCheck.problem(with: head, to: request) {
                let layer = head.status == 101 ? Layer.l7Response : .l7Status
                return fail(reason, message, layer: layer, excerpt: Excerpt.text(of: Array(bytes)))
            }
            stage = .talking
            speak()
        } catch {
            fail(error.reason, error.message, layer: .l7Response)
        }
    }

    private mutating func readFrames(_ bytes: inout ArraySlice<UInt8>) {
        do throws(WebSocketViolation) {
            while stage == .talking || stage == .closing {
                if !hasFrames, let first = bytes.first {
                    hasFrames = true
                    // No frame without an extension begins so, and a proxy that passed the 101 on might.
                    guard first != UInt8(ascii: "H") else {
                        return fail(
                            .webSocketUpgrade,
                            "101, and then HTTP goes on",
                            layer: .l7Response,
                            excerpt: Excerpt.text(of: Array(bytes))
                        )
                    }
                }
                guard let event = try reader.next(&bytes) else { return }
                handle(event)
            }
        } catch {
            fail(.webSocketProtocol, error.message, layer: .l7Response, closing: error.closeCode)
        }
    }

    private mutating func handle(_ event: WebSocketEvent) {
        switch event {
        case .ping(let payload):
            // Of several pings that came together the last is answered (section 5.5.3).
            if stage == .talking { pongPayload = payload }
        case .pong(let payload):
            if stage == .talking, payload == pingPayload { beginClosing() }
        case .text(let bytes): hear(bytes, isBinary: false)
        case .binary(let bytes): hear(bytes, isBinary: true)
        case .close(let frame): peerCloses(frame)
        }
    }

    private mutating func hear(_ bytes: [UInt8], isBinary: Bool) {
        guard stage == .talking else { return }
        if let failure = dialog.hear(bytes, isBinary: isBinary) {
            return fail(failure, layer: failure.reason == .internal ? .l7OK : .l7Status, closing: 1000)
        }
        speak()
    }

    private mutating func peerCloses(_ frame: CloseFrame) {
        closeCode = frame.code
        guard stage == .talking else {
            stage = .closed
            return
        }
        // The answer repeats the code (section 5.5.1).
        queue(.close, CloseFrame(code: frame.code).payload)
        let code = frame.code == CloseFrame.noCode ? "without a code" : "with code \(frame.code)"
        let words = frame.reason.isEmpty ? "" : " (\(Excerpt.bounded(frame.reason)))"
        fail(.webSocketClose, "the server closed \(code)\(words)", layer: .l7Status)
    }

    /// Says what is to be said until something must be waited for.
    private mutating func speak() {
        while let (opcode, payload) = dialog.takeMessage() { queue(opcode, payload) }
        guard dialog.isOver, pingPayload == nil else { return }
        guard pings else { return beginClosing() }
        let payload = (0..<8).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        pingPayload = payload
        queue(.ping, payload)
    }

    private mutating func beginClosing() {
        queue(.close, CloseFrame(code: 1000).payload)
        stage = .closing
    }

    private mutating func answerPing() {
        guard let payload = pongPayload else { return }
        pongPayload = nil
        output += FrameWriter.frame(.pong, payload, using: &random)
    }

    private mutating func queue(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
        answerPing()
        output += FrameWriter.frame(opcode, payload, using: &random)
    }

    private mutating func fail(
        _ reason: FailureReason,
        _ message: String,
        layer: Layer,
        excerpt: String? = nil,
        closing code: UInt16? = nil
    ) {
        let phase = stage == .upgrading ? Phase.firstByte : .transfer
        fail(Failure(reason, message, evidence: Evidence(phase: phase, excerpt: excerpt)), layer: layer, closing: code)
    }

    /// Ends the session, with a Close frame where `closing` gives its code and none was sent.
    private mutating func fail(_ failure: Failure, layer: Layer, closing code: UInt16? = nil) {
        if let code, stage == .talking { queue(.close, CloseFrame(code: code).payload) }
        finish(WebSocketEnding(failure: failure, layer: layer))
    }

    private mutating func finish(_ ending: WebSocketEnding) {
        self.ending = ending
        stage = .over
    }
}
