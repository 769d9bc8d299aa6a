// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import Testing

@Suite("WebSocket close codes in the documents")
struct CloseCodeTests {
    @Test(
        "a close code stands beside the status of the upgrade, and is left out when there was none",
        arguments: [(1011, #""observed":{"status":101,"close_code":1011}"#), (nil, #""observed":{"status":101}"#)]
            as [(Int?, String)]
    )
    func closeCode(code: Int?, expected: String) {
        let outcome = Outcome(
            verdict: .unhealthy,
            layer: .l7Status,
            failure: Failure(.webSocketClose, "the server closed"),
            startedAt: Fixtures.now,
            duration: .milliseconds(12),
            observed: Observed(httpStatus: 101, closeCode: code)
        )
        let document = OutcomeDocument(target: "feed", kind: "websocket", outcome: outcome, at: Fixtures.wallNow)
        #expect(String(decoding: document.bytes, as: UTF8.self).contains(expected))
    }
}
