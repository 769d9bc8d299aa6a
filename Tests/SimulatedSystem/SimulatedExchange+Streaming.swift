// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// How a streamed answer comes, part by part.
extension SimulatedExchange {
    /// Tells the next part of the stream and sees to the one after it.
    func playStream(on loop: isolated EventLoop) {
        guard let run, let stream = run.stream else { return }
        let number = run.streamPosition
        self.run?.streamPosition += 1
        if number == 0 {
            guard tellHead(HTTPAnswer(stream, request), on: loop) else { return }
        } else if number <= stream.pieces.count {
            run.observer.received(stream.pieces[number - 1].bytes, token: run.token, on: loop)
        } else {
            return endStream(stream, on: loop)
        }
        // The observer may have cancelled, or started another.
        guard self.run?.token == run.token, self.run?.streamPosition == number + 1 else { return }
        let delay: Duration
        if number < stream.pieces.count {
            delay = stream.pieces[number].delay
        } else {
            guard stream.ending != nil else { return }
            delay = stream.endDelay
        }
        self.run?.streamTimer = loop.schedule(self, at: transport.kernel.now.advanced(by: delay))
    }

    /// Tells the fields, and the body where there is one already, to an observer of a streamed answer.
    ///
    /// - Returns: whether the exchange goes on.
    func tellHead(_ answer: HTTPAnswer, body: [UInt8] = [], on loop: isolated EventLoop) -> Bool {
        guard let run else { return false }
        var head = answer
        (head.body, head.bodyLength, head.trailers) = ([], 0, HTTPHeaders(lines: []))
        let result = HTTPExchangeResult(ending: .answered(head), address: peer, isReused: run.isReused)
        run.observer.began(result, token: run.token, on: loop)
        guard self.run?.token == run.token else { return false }
        if !body.isEmpty { run.observer.received(body, token: run.token, on: loop) }
        return self.run?.token == run.token
    }

    private func endStream(_ stream: SimulatedStream, on loop: isolated EventLoop) {
        guard let run else { return }
        let answer = HTTPAnswer(stream, request)
        let ending: HTTPExchangeResult.Ending =
            switch stream.ending {
            case .completes: .answered(answer)
            case .breaks(let failure): .failed(failure, partial: answer)
            case nil: preconditionFailure("a stream without an end has ended")
            }
        tell(HTTPExchangeResult(ending: ending, address: peer, isReused: run.isReused), on: loop)
    }
}

extension HTTPAnswer {
    /// What a stream's exchange ends with.
    fileprivate init(_ stream: SimulatedStream, _ request: HTTPRequest) {
        var trailers: [HTTPField] = []
        if case .completes(let told) = stream.ending { trailers = told }
        self.init(
            status: 200,
            version: request.version.requiresHTTP2 ? "2" : "1.1",
            headers: HTTPHeaders(stream.headers),
            trailers: HTTPHeaders(trailers),
            body: [],
            bodyLength: stream.pieces.reduce(0) { $0 + $1.bytes.count }
        )
    }
}

extension HTTPHeaders {
    /// Fields as they stand on the wire.
    init(_ fields: [HTTPField]) {
        self.init(lines: fields.flatMap { Array("\($0.name): \($0.value)\r\n".utf8) })
    }
}
