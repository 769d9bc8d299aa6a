// SPDX-License-Identifier: Apache-2.0

/// What carries one request at a time to its handler, and is told how the handler gets on: a connection of HTTP/1, or a stream
/// of HTTP/2.
protocol RequestCarrier: AnyObject {
    /// The request the handler has.
    var facts: RequestFacts { get }
    /// Who asks; a request may show more about it.
    var peer: Peer { get set }

    /// The answer is written.
    func answered(_ outcome: ConnectionOutcome)

    /// The body of the request is taken too.
    func receives()

    /// The whole request is there, and will be answered within `timeout`.
    func answers(within timeout: Duration)

    /// The answer goes on until one side ends it; what the client sends meanwhile is for the handler when `isUpgraded`.
    func streams(isUpgraded: Bool)

    /// Ends a stream after what was written.
    func endStream()

    /// No sense can be made of the request.
    func refused(_ refusal: RequestRefusal)
}

extension RequestGate: RequestCarrier {}
