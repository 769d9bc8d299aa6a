// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The alerts that wait for one handler.
final class AlertQueue: Sendable {
    private let stream: AsyncStream<Alert>
    private let continuation: AsyncStream<Alert>.Continuation
    private let failures = Atomic<Int>(0)
    private let losses = Atomic<Int>(0)

    init(size: Int) {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(size))
    }

    var failed: Int { failures.load(ordering: .relaxed) }
    var lost: Int { losses.load(ordering: .relaxed) }

    func add(_ alert: Alert) {
        if case .dropped = continuation.yield(alert) { losses.add(1, ordering: .relaxed) }
    }

    /// Delivers one alert after the other until the task is cancelled.
    func deliver(to handler: any AlertHandler) async {
        for await alert in stream {
            do {
                try await handler.handle(alert)
            } catch {
                failures.add(1, ordering: .relaxed)
            }
        }
    }
}
