// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import SimulatedSystem
import SocketTransport
import Synchronization

/// Remembers what a connection told.
final class ConnectRecorder: TCPConnectionObserver, Sendable {
    struct Entry: Sendable {
        var report: ConnectReport
        var endedAt: MonotonicInstant
        var isOpen: Bool
    }

    private let entries = Mutex<[Entry]>([])
    private let events = Mutex<[Readiness.Events]>([])
    private let closes: Moment

    /// When it closes the connection.
    enum Moment {
        case onceOpen
        case whenPeerCloses
    }

    init(closes: Moment = .onceOpen) {
        self.closes = closes
    }

    var all: [Entry] { entries.withLock(\.self) }

    var readiness: [Readiness.Events] { events.withLock(\.self) }

    func opened(_ connection: TCPConnection, _ report: ConnectReport, on loop: isolated EventLoop) {
        let entry = Entry(report: report, endedAt: loop.now, isOpen: connection.descriptor != nil)
        entries.withLock { $0.append(entry) }
        if closes == .onceOpen { connection.close(on: loop) }
    }

    func ready(_ connection: TCPConnection, _ events: Readiness.Events, on loop: isolated EventLoop) {
        self.events.withLock { $0.append(events) }
        if closes == .whenPeerCloses, events.contains(.peerClosed) { connection.close(on: loop) }
    }
}

extension Simulation {
    /// Opens a connection to `host`, port 80, and lets twice the timeout pass.
    func connect(to host: String, timeout: Duration = .seconds(2)) -> [ConnectRecorder.Entry] {
        let recorder = ConnectRecorder()
        run(timeout * 2) { [resolver] loop in
            let connection = TCPConnection(host: host, port: 80, resolver: resolver)
            connection.open(by: loop.kernel.now.advanced(by: timeout), for: recorder, on: loop)
        }
        return recorder.all
    }
}
