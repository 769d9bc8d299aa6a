// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import SimulatedSystem
import SocketTransport
import Testing

extension SimulatedMachine {
    /// Connects once, notes the end in the trace, and lets `time` pass.
    func connect(to text: String, within time: Duration) {
        loop.simulate(time) { loop in
            guard let address = try? HostPort(text) else { return }
            let connection = TCPConnect(to: address, resolver: resolver)
            let observer = NotingObserver(kernel)
            connection.start(deadline: loop.now.advanced(by: time), token: 1, for: observer, on: loop)
        }
    }
}

/// Notes how connecting ended.
private final class NotingObserver: TCPConnectObserver {
    private let kernel: SimulatedKernel

    init(_ kernel: SimulatedKernel) {
        self.kernel = kernel
    }

    func connected(_ result: TCPConnectResult, token: UInt64, on loop: isolated EventLoop) {
        let ending =
            switch result.ending {
            case .connected: "connected"
            case .unresolved(let failure): failure.message
            case .resolutionTimedOut: "not resolved"
            case .timedOut: "timed out"
            case .failed(let error): error.text
            }
        kernel.record("\(ending) after \(result.duration.readable)")
    }
}
