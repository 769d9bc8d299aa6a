// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import HealthModel

/// Tells the service manager how the agent is: systemd's notification protocol (sd_notify(3)), without its library.
///
/// Where `NOTIFY_SOCKET` is not set nobody is told. The socket is opened at once, so that running out of descriptors cannot
/// silence the watchdog. Nothing is ever waited for: a message that does not fit is lost, and the next one says the same.
package final class ServiceManager: Sendable {
    private let address: String?
    private let descriptor: CInt

    /// How often `watchdog` must be called, from `WATCHDOG_USEC`; nil when nobody waits for it.
    ///
    /// Call it twice as often.
    package let watchdogInterval: Duration?

    /// - Parameters:
    ///   - environment: gives the value of a variable; the process's own when left out.
    ///   - processID: this process, as `WATCHDOG_PID` may name another.
    /// - Throws: why no socket can be had.
    package init(
        environment: (String) -> String? = ProcessEnvironment.value(of:),
        processID: Int32 = getpid()
    ) throws(SystemError) {
        address = environment("NOTIFY_SOCKET").flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        descriptor = address == nil ? -1 : clinux_unix_datagram_socket()
        watchdogInterval = Self.watchdogInterval(environment, processID)
        guard address == nil || descriptor >= 0 else { throw .last }
    }

    deinit {
        if descriptor >= 0 { _ = close(descriptor) }
    }

    /// The agent serves; with one line for `systemctl status`.
    package func ready(status: String? = nil) {
        send(["READY=1"] + Self.statusLine(status))
    }

    /// Changes the line that `systemctl status` shows.
    package func status(_ text: String) {
        send(Self.statusLine(text))
    }

    /// The agent reads its configuration again; `ready` must follow.
    ///
    /// - Parameter now: the instant that systemd 253 and newer wants, on CLOCK_MONOTONIC, in microseconds; nil = the present.
    package func reloading(monotonicMicroseconds now: Int64? = nil) {
        send(["RELOADING=1", "MONOTONIC_USEC=\(now ?? clinux_monotonic_ns() / 1_000)"])
    }

    /// The agent drains and will end.
    ///
    /// - Parameters:
    ///   - status: one line for `systemctl status`.
    ///   - time: how long that may take; the manager's own bound where left out.
    package func stopping(status: String? = nil, within time: Duration? = nil) {
        let longer = time.map { "EXTEND_TIMEOUT_USEC=\(max(0, $0.inNanoseconds / 1_000))" }
        send(["STOPPING=1"] + [longer].compactMap(\.self) + Self.statusLine(status))
    }

    /// The agent is alive.
    package func watchdog() {
        send(["WATCHDOG=1"])
    }

    private func send(_ assignments: [String]) {
        guard let address else { return }
        let message = Array(assignments.joined(separator: "\n").utf8)
        // unsafe: the address and the message are copied by the kernel. A manager that is gone or slow is not our trouble.
        _ = unsafe clinux_send_to_unix(descriptor, address, message, message.count)
    }

    /// One assignment: a line end would begin another one.
    private static func statusLine(_ text: String?) -> [String] {
        guard let text else { return [] }
        return ["STATUS=" + String(text.map { $0.isNewline ? " " : $0 })]
    }

    private static func watchdogInterval(_ environment: (String) -> String?, _ processID: Int32) -> Duration? {
        guard let microseconds = environment("WATCHDOG_USEC").flatMap(Int64.init), microseconds > 0 else { return nil }
        if let named = environment("WATCHDOG_PID"), Int32(named) != processID { return nil }
        return .microseconds(microseconds)
    }
}
