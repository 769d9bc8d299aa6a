// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime
package import SocketTransport

/// Probes a TCP port: healthy when a connection is accepted by the deadline.
///
/// The connection is reset at once after it was accepted; nothing is sent. A name is tried as a client would try it: one
/// address that accepts is enough (`ConnectRace` says which is tried when).
package final class TCPProber: Prober {
    private let connection: TCPConnection
    private var run: (id: ProbeRunID, observer: any ProbeObserver)?
    /// The last address and its text, which for most targets never changes.
    private var lastAddress: (address: SocketAddress, text: String)?

    /// Prepares a prober for one target.
    ///
    /// - Parameters:
    ///   - probe: where to connect.
    ///   - resolver: who looks the name up.
    package init(_ probe: TCPProbe, resolver: any Resolver) {
        connection = TCPConnection(
            host: probe.address.host,
            port: UInt16(probe.address.port),
            choosing: probe.addresses,
            speaksFirst: true,
            resolver: resolver
        )
    }

    package func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(self.run == nil, "run \(run.number) starts while another is under way")
        self.run = (run, observer)
        connection.open(by: deadline, for: self, on: loop)
    }

    package func collect(into footprint: inout Footprint) {
        footprint.add(self)
        footprint.add(connection)
    }

    package func stop(on loop: isolated EventLoop) {
        connection.close(on: loop)
        run = nil
    }

    private func text(of address: SocketAddress) -> String {
        if let lastAddress, lastAddress.address == address { return lastAddress.text }
        let text = address.description
        lastAddress = (address, text)
        return text
    }
}

extension TCPProber: TCPConnectionObserver {
    package func opened(_ connection: TCPConnection, _ report: ConnectReport, on loop: isolated EventLoop) {
        connection.close(on: loop)
        guard let run else { return }
        self.run = nil
        let outcome = Outcome(
            verdict: Self.verdict(on: report.failure),
            layer: report.layer,
            failure: report.failure,
            startedAt: report.startedAt,
            duration: report.startedAt.duration(to: loop.now),
            phases: report.phases,
            address: report.address.map(text(of:))
        )
        run.observer.finished(run.id, with: outcome, on: loop)
    }

    package func ready(_ connection: TCPConnection, _ events: Readiness.Events, on loop: isolated EventLoop) {}

    private static func verdict(on failure: Failure?) -> Verdict {
        switch failure?.reason {
        case nil: .healthy
        case .internal: .unknown
        default: .unhealthy
        }
    }
}
