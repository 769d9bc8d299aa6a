// SPDX-License-Identifier: Apache-2.0

import HealthModel
import HealthServer
import LinuxRuntime
import Synchronization

/// Keeps the service manager informed: ready, status, reloads, the end, and the watchdog.
///
/// Snapshots come from the probe loop; everything else from the thread that waits for signals, which also looks at the watchdog, so
/// that a look is missed when that thread hangs.
final class ServiceSupervision: Sendable {
    /// The end of what a drain needs besides its own time: probes that are cut, and answers under way.
    private static let timeToStop = Duration.seconds(10)

    private let manager: ServiceManager
    private let watchdog: WatchdogRule?
    private let server: HealthServer
    private let now: @Sendable () -> MonotonicInstant
    private let readyBy: MonotonicInstant
    private let report = Mutex(ServiceReport())

    /// - Parameters:
    ///   - manager: who is told.
    ///   - server: whose two heartbeats, its own and the probe loop's, feed the watchdog.
    ///   - now: the clock of those heartbeats.
    init(manager: ServiceManager, server: HealthServer, now: @escaping @Sendable () -> MonotonicInstant) {
        self.manager = manager
        self.server = server
        self.now = now
        watchdog = manager.watchdogInterval.map(WatchdogRule.init)
        readyBy = now().advanced(by: ServiceReport.patience)
    }

    /// Says what is new in `snapshot`.
    func publish(_ snapshot: HealthSnapshot) {
        // Sent under the lock, which only the bound on the start contends for: a status must not overtake the one before it.
        report.withLock { send($0.take(snapshot)) }
    }

    /// Waits for a signal like `SignalWaiter.wait(timeout:)`, and does meanwhile what is due.
    func wait(_ signals: SignalWaiter, until end: MonotonicInstant? = nil) -> Signal? {
        while true {
            look()
            let present = now()
            if let end, end <= present { return nil }
            let next = [
                end, report.withLock(\.isReady) ? nil : readyBy, watchdog.map { present.advanced(by: $0.pace) },
            ]
            let wake = next.compactMap(\.self).min()
            if let signal = signals.wait(timeout: wake.map { max(.zero, present.duration(to: $0)) }) { return signal }
        }
    }

    /// The configuration is read again while `body` runs.
    func reloading(_ body: () -> Void) {
        // An agent that starts is not ready because it reloaded.
        guard report.withLock(\.isReady) else { return body() }
        manager.reloading()
        body()
        manager.ready()
    }

    /// The agent drains for `drain`, then ends.
    func stopping(drain: Duration) {
        report.withLock { $0.stop() }
        manager.stopping(status: "draining", within: drain + Self.timeToStop)
    }

    /// Does what is due: gives up on the first verdicts, feeds the watchdog.
    private func look() {
        let present = now()
        if readyBy <= present { report.withLock { send($0.giveUpWaiting()) } }
        if let watchdog, watchdog.isAlive([server.heartbeat.last, server.ownHeartbeat.last], now: present) {
            manager.watchdog()
        }
    }

    private func send(_ message: ServiceReport.Message?) {
        switch message {
        case .ready(let status): manager.ready(status: status)
        case .status(let status): manager.status(status)
        case nil: break
        }
    }
}
