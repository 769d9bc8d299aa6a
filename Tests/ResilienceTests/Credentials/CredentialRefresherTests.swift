// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Credential refresher", .timeLimit(.minutes(1)))
struct CredentialRefresherTests {
    private let clock = ManualClock()
    private let fetches = Tally()

    /// Gives `token 1`, `token 2`, …, each valid for 100 seconds.
    private func makeRefresher(gate: Gate? = nil, failing: Set<Int> = []) -> CredentialRefresher<String> {
        let fetches = fetches
        return CredentialRefresher(refreshBefore: .seconds(20), time: clock.timeSource) { _ in
            let number = fetches.add()
            if number > 1 { await gate?.wait() }
            if failing.contains(number) { throw ScriptedFailure("login failed") }
            return ("token \(number)", .seconds(100))
        }
    }

    @Test("the first callers share one refresh")
    func shared() async throws {
        let refresher = makeRefresher()
        let tokens = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await refresher.credential() } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(tokens == ["token 1"])
        #expect(fetches.count == 1)
    }

    @Test("before its expiry a credential is replaced in the background, and the old one serves until then")
    func beforeExpiry() async throws {
        let gate = Gate()
        let refresher = makeRefresher(gate: gate)
        _ = try await refresher.credential()
        clock.advance(by: .milliseconds(79_999))
        #expect(try await refresher.credential() == "token 1")
        #expect(fetches.count == 1)
        clock.advance(by: .milliseconds(1))
        for _ in 0..<10 { #expect(try await refresher.credential() == "token 1") }
        while fetches.count < 2 { await Task.yield() }
        gate.open()
        while try await refresher.credential() != "token 2" { await Task.yield() }
        #expect(fetches.count == 2)
    }

    @Test("a refresh that fails keeps the old credential and is tried again after a pause")
    func failedRefresh() async throws {
        let refresher = makeRefresher(failing: [2])
        _ = try await refresher.credential()
        clock.advance(by: .seconds(85))
        #expect(try await refresher.credential() == "token 1")
        while fetches.count < 2 { await Task.yield() }
        for _ in 0..<100 {
            #expect(try await refresher.credential() == "token 1")
            await Task.yield()
        }
        #expect(fetches.count == 2)
        while try await refresher.credential() != "token 3" {
            clock.advance(by: .milliseconds(10))
            await Task.yield()
        }
    }

    @Test("without a valid credential a failed refresh is an error, and the pause is kept")
    func noCredential() async throws {
        let refresher = makeRefresher(failing: [1])
        for _ in 0..<2 {
            let error = await #expect(throws: CredentialError.self) { try await refresher.credential() }
            #expect(error?.description == "the credential could not be refreshed: login failed")
        }
        #expect(fetches.count == 1)
        clock.advance(by: .seconds(1))
        #expect(try await refresher.credential() == "token 2")
    }

    @Test("a refused credential is replaced at once, a newer one is left alone")
    func refused() async throws {
        let refresher = makeRefresher()
        let first = try await refresher.credential()
        refresher.invalidate { $0 == first }
        #expect(try await refresher.credential() == "token 2")
        refresher.invalidate { $0 == first }
        #expect(try await refresher.credential() == "token 2")
        #expect(fetches.count == 2)
    }

    @Test("a caller that is cancelled or too late leaves, and the refresh goes on for the others")
    func leaving() async throws {
        let gate = Gate()
        let refresher = makeRefresher(gate: gate)
        _ = try await refresher.credential()
        clock.advance(by: .seconds(100))
        let time = clock.timeSource
        let cancelled = Task { try await refresher.credential() }
        let late = Task { try await withDeadline(.seconds(1), time: time) { try await refresher.credential() } }
        let patient = Task { try await refresher.credential() }
        // Each caller's wait, and the refresh's own limit.
        await clock.waitForSleepers(4)
        cancelled.cancel()
        _ = await cancelled.result
        clock.advance(by: .seconds(1))
        guard case .failure(let error) = await late.result else {
            Issue.record("a credential came out of nowhere")
            return
        }
        #expect("\(error)" == "no credential within 1 s")
        gate.open()
        #expect(try await patient.value == "token 2")
    }

    @Test("a refresh that hangs is cancelled when its time is up, and the next one is tried after the pause")
    func hanging() async throws {
        let fetches = fetches
        let wasCancelled = Gate()
        let refresher = CredentialRefresher<String>(
            retryAfter: .seconds(1),
            waitLimit: .seconds(60),
            fetchTimeout: .seconds(10),
            time: clock.timeSource
        ) { _ in
            let number = fetches.add()
            guard number == 1 else { return ("token \(number)", .seconds(100)) }
            await withTaskCancellationHandler {
                await Gate().wait()
            } onCancel: {
                wasCancelled.open()
            }
            return ("never", .seconds(100))
        }
        let caller = Task { try await refresher.credential() }
        await clock.waitForSleepers(2)
        clock.advance(by: .seconds(10))
        let error = await #expect(throws: CredentialError.self) { try await caller.value }
        #expect(error?.description == "the credential could not be refreshed: timed out after 10 s")
        await wasCancelled.wait()
        let early = await #expect(throws: CredentialError.self) { try await refresher.credential() }
        #expect(early?.description == error?.description)
        #expect(fetches.count == 1)
        clock.advance(by: .seconds(1))
        #expect(try await refresher.credential() == "token 2")
    }

    @Test("a result that comes after the time was up does not replace the credential that came meanwhile")
    func late() async throws {
        let fetches = fetches
        let gate = Gate()
        let hasEnded = Gate()
        let refresher = CredentialRefresher<String>(
            refreshBefore: .zero,
            fetchTimeout: .seconds(10),
            time: clock.timeSource
        ) { _ in
            let number = fetches.add()
            if number == 1 {
                await gate.wait()
                hasEnded.open()
            }
            return ("token \(number)", .seconds(100))
        }
        let caller = Task { try await refresher.credential() }
        await clock.waitForSleepers(2)
        clock.advance(by: .seconds(10))
        _ = await caller.result
        clock.advance(by: .seconds(1))
        #expect(try await refresher.credential() == "token 2")
        gate.open()
        await hasEnded.wait()
        for _ in 0..<100 { await Task.yield() }
        #expect(try await refresher.credential() == "token 2")
    }
}
