// SPDX-License-Identifier: Apache-2.0

/// Why a probe failed: one word from a closed list, stable in every output.
package enum FailureReason: String, CaseIterable, Hashable, Sendable {
    /// The name could not be resolved.
    case dns
    /// The peer refused the connection.
    case refused
    /// No route, an ICMP message said so, or the configuration denies the address.
    case unreachable
    /// No answer to the connection attempt in time.
    case connectTimeout = "connect_timeout"
    /// The peer reset the connection.
    case reset
    /// The TLS handshake failed for a reason that has no word of its own here.
    case tlsHandshake = "tls_handshake"
    /// The certificate chain ends at no trusted authority.
    case tlsUntrusted = "tls_untrusted"
    /// A certificate of the chain has expired, or is not valid yet.
    case tlsExpired = "tls_expired"
    /// The certificate is for another name.
    case tlsHostname = "tls_hostname"
    /// Connected, but no full answer in time.
    case timeout
    /// The answer broke the protocol, or ended too early.
    case protocolError = "protocol"
    /// The answer was longer than allowed.
    case tooLarge = "too_large"
    /// The answer's content encoding could not be undone.
    case decode
    /// A redirect that may not be followed, or one too many.
    case redirect
    /// An unexpected status code.
    case status
    /// A header that is missing or wrong.
    case header
    /// A body that is not as expected.
    case body
    /// A JSON value that is not as expected.
    case json
    /// A gRPC status other than OK.
    case grpcStatus = "grpc_status"
    /// The service answered, but not SERVING.
    case grpcNotServing = "grpc_not_serving"
    /// The server has no health service.
    case grpcUnimplemented = "grpc_unimplemented"
    /// The WebSocket upgrade was refused.
    case webSocketUpgrade = "ws_upgrade"
    /// A wrong Sec-WebSocket-Accept.
    case webSocketAccept = "ws_accept"
    /// A WebSocket frame that breaks RFC 6455.
    case webSocketProtocol = "ws_protocol"
    /// An unexpected close.
    case webSocketClose = "ws_close"
    /// The script could not be started.
    case execSpawn = "exec_spawn"
    /// The script's exit code says so.
    case execExit = "exec_exit"
    /// A signal ended the script.
    case execSignal = "exec_signal"
    /// The script ran past its timeout and was killed.
    case execTimeout = "exec_timeout"
    /// Our own fault: descriptor limit, fork failed, loop late. Never counts against the target.
    case `internal`
}
