// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import SimulatedSystem
import SocketTransport
import Synchronization

extension SimulatedMachine {
    /// Connects once, notes the end in the trace, and lets `time` pass; says how it ended.
    @discardableResult
    func connect(to address: SocketAddress, within time: Duration) -> String? {
        let observer = ConnectRecorder(kernel)
        loop.simulate(time) { loop in
            let connection = TCPConnection(host: address.host, port: address.port, resolver: resolver)
            connection.open(by: loop.now.advanced(by: time), for: observer, on: loop)
        }
        return observer.end
    }
}

/// Notes how connecting ended, and closes.
private final class ConnectRecorder: TCPConnectionObserver, Sendable {
    private let kernel: SimulatedKernel
    private let text = Mutex<String?>(nil)

    init(_ kernel: SimulatedKernel) {
        self.kernel = kernel
    }

    /// How it ended; nil before.
    var end: String? { text.withLock { $0 } }

    func opened(_ connection: TCPConnection, _ report: ConnectReport, on loop: isolated EventLoop) {
        connection.close(on: loop)
        let failure = report.failure.map { $0.evidence.systemError?.text ?? $0.message }
        let duration = report.startedAt.duration(to: kernel.now)
        let end = "\(failure ?? "connected") after \(duration.readable)"
        text.withLock { $0 = end }
        kernel.record(end)
    }

    func ready(_ connection: TCPConnection, _ events: Readiness.Events, on loop: isolated EventLoop) {}
}
