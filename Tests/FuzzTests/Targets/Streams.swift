// SPDX-License-Identifier: Apache-2.0

@testable import Probers

extension FuzzTarget {
    /// The answer to a WebSocket's upgrade request: `AnswerHeadReader`.
    static let upgrade = FuzzTarget(name: "upgrade") { (bytes) throws(BrokenPromise) in
        let read = try Cutting.demandSame(of: bytes) { (pieces) throws(BrokenPromise) in
            var reader = AnswerHeadReader()
            return Reading<AnswerHead, AnswerHeadReader.Problem>(of: pieces, isOver: { _ in true }) {
                (rest) throws(AnswerHeadReader.Problem) in try reader.next(&rest)
            }
        }
        for head in read.parts {
            try demand(head.status == 101 || (200...599).contains(head.status), "status \(head.status)")
            try demand(head.fields.count <= AnswerHeadReader.mostFields, "\(head.fields.count) fields")
        }
        try demand(read.taken <= AnswerHeadReader.mostBytes || read.problem != nil, "a head of \(read.taken) bytes")
    }

    /// What a WebSocket server sends then: `WebSocketReader`, `FrameHeader` and `MessageAssembler`.
    static let websocket = FuzzTarget(name: "websocket") { (bytes) throws(BrokenPromise) in
        let maximum = 256
        let read = try Cutting.demandSame(of: bytes) { (pieces) throws(BrokenPromise) in
            var reader = WebSocketReader(maximumMessage: maximum)
            let read = Reading<WebSocketEvent, WebSocketViolation>(of: pieces) { (rest) throws(WebSocketViolation) in
                try reader.next(&rest)
            }
            // One message, one control frame and one frame's header.
            let most = maximum + 125 + 10
            let kept = bytes.count > most ? keptBytes(reader) : 0
            try demand(kept <= most, "\(kept) bytes are kept, which should be \(most) at most")
            return read
        }
        for event in read.parts {
            switch event {
            case .text(let text):
                try demand(text.count <= maximum, "a text of \(text.count) bytes")
                try demand(String(validating: text, as: UTF8.self) != nil, "a text that is not UTF-8: \(text)")
            case .binary(let message): try demand(message.count <= maximum, "a message of \(message.count) bytes")
            case .ping(let payload), .pong(let payload):
                try demand(payload.count <= FrameHeader.longestControlPayload, "\(payload.count) bytes of control")
            case .close: break
            }
        }
    }

    /// gRPC messages, and the health message in them: `GRPCMessageReader` and `ProtobufReader`.
    static let grpc = FuzzTarget(name: "grpc") { (bytes) throws(BrokenPromise) in
        let read = try Cutting.demandSame(of: bytes) { (pieces) throws(BrokenPromise) in
            var reader = GRPCMessageReader()
            return Reading<GRPCMessageReader.Message, GRPCMessageReader.Problem>(of: pieces) {
                (rest) throws(GRPCMessageReader.Problem) in
                reader.append(Array(rest))
                rest = []
                return try reader.next()
            }
        }
        for message in read.parts {
            try demand(message.bytes.count <= GRPCMessageReader.maximumMessageBytes, "a message that is too long")
            _ = try? HealthCheckMessage.status(in: message.bytes)
        }
        _ = try? HealthCheckMessage.status(in: bytes)
    }
}

/// What comes of reading a stream of parts up to the first problem.
private struct Reading<Part: Equatable, Problem: Error & Equatable>: Equatable {
    private(set) var parts: [Part] = []
    private(set) var problem: Problem?
    /// How many bytes belong to the parts.
    private(set) var taken = 0

    /// Hands the pieces one by one to `next`, again and again until it has no further part, and stops where one `isOver`.
    init(
        of pieces: [ArraySlice<UInt8>],
        isOver: (Part) -> Bool = { _ in false },
        _ next: (inout ArraySlice<UInt8>) throws(Problem) -> Part?
    ) {
        do throws(Problem) {
            for piece in pieces {
                var rest = piece
                while let part = try next(&rest) {
                    parts.append(part)
                    guard !isOver(part) else {
                        taken += piece.count - rest.count
                        return
                    }
                }
                taken += piece.count - rest.count
            }
        } catch {
            problem = error
            // How far a reader gets within the piece that is wrong is its own business.
            taken = 0
        }
    }
}
