// SPDX-License-Identifier: Apache-2.0

/// What a client may ask of the server before it is refused; every limit is per server.
package struct ServerLimits: Hashable, Sendable {
    /// Longest request line, without its line end; beyond it 414.
    package var requestLineBytes = 2_048
    /// Most fields in a request; beyond it 431.
    package var fields = 64
    /// Most bytes of all fields together, line ends included; beyond it 431.
    package var fieldBytes = 8_192
    /// From the first byte of a request (or from the connection, when none comes, TLS included) to the end of its fields;
    /// then 408.
    package var headerTimeout: Duration = .seconds(5)
    /// Most bytes of a request's body; beyond it 413.
    package var bodyBytes = 65_536
    /// From the end of a request's fields to the end of its body; then 408.
    package var bodyTimeout: Duration = .seconds(10)
    /// How long a connection may stay open between requests.
    package var idleTimeout: Duration = .seconds(60)
    /// How long a client may leave an answer unread: within it, it must take all that waits, or at least 64 KiB.
    package var writeTimeout: Duration = .seconds(10)
    /// How long what a refused client still sends is read and dropped, so that it can read why it was refused.
    package var lingerTimeout: Duration = .seconds(2)
    /// How often the files of certificates and tokens are looked at.
    package var keyInterval: Duration = .seconds(1)
    /// How often an address that this machine does not have yet is looked for.
    package var addressInterval: Duration = .seconds(1)
    /// Connections in all.
    ///
    /// At the limit the longest idle one makes room; when none is idle, accepting pauses.
    package var connections = 512
    /// Connections from one address.
    package var connectionsPerAddress = 64
    /// Connections from one loopback address, and over each unix socket.
    ///
    /// Larger, because behind a local proxy or sidecar every client has the same address; still a bound, so that one
    /// local process cannot take every connection.
    package var connectionsPerLocalAddress = 256
    /// Connections to the agent-check port; one more is closed without a word, which HAProxy takes for no answer.
    package var agentCheckConnections = 64

    package init() {}
}
