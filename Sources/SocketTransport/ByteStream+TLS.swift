// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime
package import TransportSecurity

extension ByteStream {
    /// A handshake on a stream, and what is known of it.
    struct Security {
        let filter: TLSFilter
        let startedAt: MonotonicInstant
        /// How long the handshake took; nil until it is done.
        var duration: Duration?
    }

    /// What was seen of TLS on this connection, also after the stream has ended; nil when TLS was not started.
    package var tlsFacts: TLSFacts? { (security?.filter.record ?? lastRecord)?.facts }

    /// Whether the server chose the application protocol of that name.
    package func hasChosen(_ name: StaticString) -> Bool {
        security?.filter.hasChosen(name) ?? false
    }

    /// How long the handshake took, or has taken so far.
    package func handshakeDuration(at now: MonotonicInstant) -> Duration? {
        security.map { $0.duration ?? $0.startedAt.duration(to: now) } ?? lastHandshakeDuration
    }

    /// Begins a TLS handshake; the observer is told when it is done, and nothing may be written before.
    ///
    /// From `streamOpened` this is TLS from the first byte, later it is an upgrade. Whoever upgrades must see to it that nothing
    /// came from the peer after the consent: such bytes were not sent by who holds the certificate (CVE-2011-0411).
    ///
    /// - Parameters:
    ///   - profile: whom to trust, what to show.
    ///   - name: the server, for SNI and for its certificate; the connection's host by default. What the profile names comes first.
    ///   - offer: the application protocols that are offered; nil offers none.
    ///   - loop: the loop that the stream lives on.
    /// - Throws: what our own side lacks.
    package func startTLS(
        _ profile: TLSProfile,
        naming name: String? = nil,
        offering offer: ProtocolOffer? = nil,
        on loop: isolated EventLoop
    ) throws(TLSSetupProblem) {
        precondition(isOpen && security == nil, "TLS is started on a stream that is closed or has it")
        let now = loop.kernel.now
        let host = name ?? connection.host
        let filter = try TLSFilter(try profile.context(), host: host, offering: offer, resuming: ticket, at: now)
        security = Security(filter: filter, startedAt: now)
        loop.trace?.note(.tls, "handshake begins", at: now)
        // Says hello; there can be nothing to tell yet.
        _ = filter.next()
        sendOutput(of: filter, on: loop)
    }

    /// Gives bytes from the network to the session, and what becomes of them to the observer.
    func decipher(_ bytes: [UInt8], with filter: TLSFilter, on loop: isolated EventLoop) {
        filter.receive(bytes)
        let current = generation
        while generation == current {
            let event = filter.next()
            sendOutput(of: filter, on: loop)
            switch event {
            case .established:
                // The turn may have begun before the handshake did.
                let duration = security?.startedAt.duration(to: loop.kernel.now)
                security?.duration = duration
                loop.trace?.note(.tls, filter.record.facts?.agreement ?? "agreed", at: loop.kernel.now)
                observer?.streamSecured(self, on: loop)
            case .bytes(let bytes):
                if showsBytes { loop.trace?.received(bytes, at: loop.kernel.now) }
                observer?.received(bytes, from: self, on: loop)
            case .wantsMore: return
            case .closed: return end(.closed, on: loop)
            case .failed(let failure): return end(.insecure(failure), on: loop)
            }
        }
    }

    /// How an end of the connection looks to who uses the stream: within a handshake it is TLS that failed.
    func judged(_ end: StreamEnd) -> StreamEnd {
        guard let filter = security?.filter, !filter.isEstablished else { return end }
        if let failure = filter.record.failure(nil) { return .insecure(failure) }
        guard end == .closed else { return end }
        return .insecure(Failure(.tlsHandshake, HandshakeRecord.closed))
    }

    private func sendOutput(of filter: TLSFilter, on loop: isolated EventLoop) {
        let bytes = filter.takeOutput()
        guard !bytes.isEmpty, writeFault == nil else { return }
        guard bytes.count <= Self.defaultOutputLimit + outputLimit - output.count else {
            // Only a peer that asks and asks (KeyUpdate, RFC 8446 section 4.6.3) without reading the answers gets here.
            let failure = Failure(.protocolError, "TLS broke: the peer asks for more than it reads")
            return end(.insecure(failure), on: loop)
        }
        output.append(bytes)
        flush(on: loop)
    }
}
