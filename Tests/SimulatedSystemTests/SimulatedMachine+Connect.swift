// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import SimulatedSystem
import SocketTransport

extension SimulatedMachine {
    /// Connects once, notes the end in the trace, and lets `time` pass.
    func connect(to address: SocketAddress, within time: Duration) {
        loop.simulate(time) { loop in
            let connection = TCPConnection(host: address.host, port: address.port, resolver: resolver)
            let observer = ConnectRecorder(kernel)
            connection.open(by: loop.now.advanced(by: time), for: observer, on: loop)
        }
    }
}

/// Notes how connecting ended, and closes.
private final class ConnectRecorder: TCPConnectionObserver {
    private let kernel: SimulatedKernel

    init(_ kernel: SimulatedKernel) {
        self.kernel = kernel
    }

    func opened(_ connection: TCPConnection, _ report: ConnectReport, on loop: isolated EventLoop) {
        connection.close(on: loop)
        let failure = report.failure.map { $0.evidence.systemError?.text ?? $0.message }
        let duration = report.startedAt.duration(to: kernel.now)
        kernel.record("\(failure ?? "connected") after \(duration.readable)")
    }

    func ready(_ connection: TCPConnection, _ events: Readiness.Events, on loop: isolated EventLoop) {}
}
