// SPDX-License-Identifier: Apache-2.0

import CCurl
import HealthModel
import LinuxRuntime
import TransportSecurity

/// How a streamed answer is told part by part, after libcurl has returned: within its calls the observer could not cancel.
extension CurlExchange {
    /// Tells what of a streamed answer has arrived and was not told yet.
    func tellParts(on loop: isolated EventLoop) {
        guard request.streamsAnswer, !isClosing, let run, run.stage == .transferring else { return }
        if !run.hasBegun {
            guard let head = head(of: run) else { return }
            self.run?.hasBegun = true
            run.observer.began(head, token: run.token, on: loop)
            guard self.run?.number == run.number else { return }
        }
        let piece = answer.takePiece()
        guard !piece.isEmpty else { return }
        run.observer.received(piece, token: run.token, on: loop)
    }

    /// The fields of the final answer with all that is known of its way; nil until they are complete.
    private func head(of run: Run) -> HTTPExchangeResult? {
        let status = handle?.long(CURLINFO_RESPONSE_CODE) ?? 0
        let isFollowed = request.redirects > 0 && (300...399).contains(status)
        guard answer.hasCompleteHeaders, answer.refusal == nil, status >= 200, !isFollowed else { return nil }
        var head = takeAnswer(status)
        head.body = []
        head.bodyLength = 0
        return HTTPExchangeResult(
            ending: .answered(head),
            phases: phasesNow(upTo: .firstByte),
            address: peer(of: run),
            tls: run.url.isSecure ? run.handshake?.facts : nil,
            isReused: isReused(run)
        )
    }
}
