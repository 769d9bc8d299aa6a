// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Credential refresher: many callers at once", .timeLimit(.minutes(5)))
struct CredentialConcurrencyTests {
    @Test("100,000 cancelled waits share one refresh, leave its queue empty and do not end it")
    func cancelled() async throws {
        let clock = ManualClock()
        let gate = Gate()
        let fetches = Tally()
        let refresher = CredentialRefresher<String>(time: clock.timeSource) { _ in
            fetches.add()
            await gate.wait()
            return ("token", .seconds(100))
        }
        await callCancelled(100_000) { _ = try? await refresher.credential() }
        // The queue has room for 10,000: had those who left stayed in it, nobody else could wait.
        let patient = Task { try await refresher.credential() }
        await clock.waitForSleepers(1)
        #expect(clock.sleeperCount == 1)
        gate.open()
        #expect(try await patient.value == "token")
        #expect(fetches.count == 1)
    }
}
