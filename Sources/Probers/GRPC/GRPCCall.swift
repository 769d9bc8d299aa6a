// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// Is told what a call brings.
protocol GRPCCallObserver: AnyObject {
    /// The server has said how the service is.
    func received(_ status: ServingStatus, from call: GRPCCall, on loop: isolated EventLoop)

    /// The call is over; told once for each that was not cancelled.
    func ended(_ ending: GRPCCall.Ending, of call: GRPCCall, on loop: isolated EventLoop)
}

/// One call of a health service's method over one prepared exchange; can be made again when it has ended.
///
/// It reads the answer as it arrives, so that a stream can be followed, and an answer that is wrong from its first bytes ends
/// the call there. After the first wrong byte nothing of an answer is read.
final class GRPCCall: HTTPExchangeObserver {
    /// How a call ended.
    enum Ending {
        /// With a status of the server.
        case status(GRPCStatus)
        /// With a whole answer that has none.
        case withoutStatus
        /// Without a whole answer, or not as gRPC ends.
        case failed(Failure, Layer, GRPCStatus?)
    }

    /// What was seen of the way, the newest call's.
    private(set) var facts = GRPCCallFacts()

    private let exchange: any HTTPExchange
    private let secrets: SecretFields
    private var run: Run?
    private var number: UInt64 = 0

    private struct Run {
        let observer: any GRPCCallObserver
        var reader = GRPCMessageReader()
        var headers: HTTPHeaders?
    }

    /// - Parameters:
    ///   - request: what is asked.
    ///   - secrets: fields that are added, read anew for each call.
    ///   - transport: what carries it.
    ///   - loop: where everything happens.
    init(
        _ request: HTTPRequest,
        adding secrets: SecretFields,
        over transport: any HTTPTransport,
        on loop: isolated EventLoop
    ) {
        self.secrets = secrets
        exchange = transport.prepare(request, on: loop)
    }

    /// Whether it was started and has not ended.
    var isUnderWay: Bool { run != nil }

    /// Starts the call.
    func start(
        deadline: MonotonicInstant,
        adding fields: [HTTPField],
        for observer: any GRPCCallObserver,
        on loop: isolated EventLoop
    ) {
        precondition(run == nil, "a call starts before the one before has ended")
        number += 1
        facts = GRPCCallFacts()
        run = Run(observer: observer)
        let secretFields: [HTTPField]
        do throws(SecretProblem) {
            (secretFields, facts.redaction) = try secrets.read()
        } catch {
            return abort(Failure(.internal, error.message), .l4Connection, nil, on: loop)
        }
        exchange.start(deadline: deadline, adding: secretFields + fields, token: number, for: self, on: loop)
    }

    /// Lets the call last as long as the server keeps it.
    func liftDeadline(on loop: isolated EventLoop) {
        exchange.liftDeadline(on: loop)
    }

    /// Ends the call without telling.
    func cancel(on loop: isolated EventLoop) {
        run = nil
        exchange.cancel(on: loop)
    }

    /// Adds the objects that every call uses.
    func collect(into footprint: inout Footprint) {
        footprint.add(self)
        exchange.collect(into: &footprint)
    }

    /// Cancels, and lets go of the connection; the call is not used again.
    func close(on loop: isolated EventLoop) {
        run = nil
        exchange.close(on: loop)
    }

    // MARK: HTTPExchangeObserver

    func began(_ result: HTTPExchangeResult, token: UInt64, on loop: isolated EventLoop) {
        guard run != nil, token == number, let head = result.answer else { return }
        facts = GRPCCallFacts(result, hiding: facts.redaction)
        run?.headers = head.headers
        if let (failure, layer, status) = GRPCContent.failure(in: head) { abort(failure, layer, status, on: loop) }
    }

    func received(_ bytes: [UInt8], token: UInt64, on loop: isolated EventLoop) {
        guard token == number else { return }
        run?.reader.append(bytes)
        // The observer may cancel the call, or start it anew.
        while let run, token == number {
            do throws(GRPCMessageReader.Problem) {
                guard let message = try self.run?.reader.next() else { return }
                guard let status = status(in: message, on: loop) else { return }
                run.observer.received(status, from: self, on: loop)
            } catch {
                return abort(Self.failure(for: error), .l7Response, nil, on: loop)
            }
        }
    }

    func exchanged(_ result: HTTPExchangeResult, token: UInt64, on loop: isolated EventLoop) {
        guard let run, token == number else { return }
        self.run = nil
        facts = GRPCCallFacts(result, hiding: facts.redaction)
        run.observer.ended(ending(of: result, run), of: self, on: loop)
    }

    private func ending(of result: HTTPExchangeResult, _ run: Run) -> Ending {
        switch result.ending {
        case .failed(let end, _): return .failed(end.failure, end.layer, nil)
        case .answered(let answer):
            switch GRPCStatus.read(from: answer) {
            case .status(let status):
                // Only a call that went well has to end with whole messages.
                guard run.reader.isAtBoundary || status.code != GRPCStatus.ok else {
                    return broken("the answer ends within a message")
                }
                return .status(status)
            case .malformed(let text): return broken("grpc-status \"\(text)\" is not a number")
            case .missing: return .withoutStatus
            }
        }
    }

    /// Reads a message; nil after it has ended the call.
    private func status(in message: GRPCMessageReader.Message, on loop: isolated EventLoop) -> ServingStatus? {
        guard !message.isCompressed else {
            abort(compressionFailure, .l7Response, nil, on: loop)
            return nil
        }
        do throws(ProtobufReader.Problem) {
            return try HealthCheckMessage.status(in: message.bytes)
        } catch {
            let evidence = Evidence(phase: .transfer, excerpt: Excerpt.text(of: message.bytes))
            let text = "the message is not a HealthCheckResponse: \(error.text)"
            abort(Failure(.decode, text, evidence: evidence), .l7Response, nil, on: loop)
            return nil
        }
    }

    private var compressionFailure: Failure {
        let evidence = Evidence(phase: .transfer)
        guard let encoding = run?.headers?.first("grpc-encoding"), encoding.lowercased() != "identity" else {
            return Failure(.protocolError, "a compressed message without a grpc-encoding", evidence: evidence)
        }
        let text = "the message is compressed (\(Excerpt.bounded(encoding))), which was not offered"
        return Failure(.decode, text, evidence: evidence)
    }

    private func abort(_ failure: Failure, _ layer: Layer, _ status: GRPCStatus?, on loop: isolated EventLoop) {
        guard let run else { return }
        self.run = nil
        exchange.cancel(on: loop)
        run.observer.ended(.failed(failure, layer, status), of: self, on: loop)
    }

    private func broken(_ message: String) -> Ending {
        .failed(Failure(.protocolError, message, evidence: Evidence(phase: .transfer)), .l7Response, nil)
    }

    private static func failure(for problem: GRPCMessageReader.Problem) -> Failure {
        let evidence = Evidence(phase: .transfer)
        return switch problem {
        case .flag(let flag):
            Failure(.protocolError, "the answer is not made of messages (compression flag \(flag))", evidence: evidence)
        case .tooLong(let length):
            Failure(
                .tooLarge,
                "a message of \(length) bytes (at most \(GRPCMessageReader.maximumMessageBytes))",
                evidence: evidence
            )
        }
    }
}

extension ProtobufReader.Problem {
    /// What is wrong, in a few words.
    var text: String {
        switch self {
        case .truncated: "it ends within a field"
        case .overlongNumber: "a number has more than 64 bits"
        case .fieldNumber: "a field has no legal number"
        case .wireType(let type): "wire type \(type) does not exist"
        case .group: "a group does not end"
        }
    }
}
