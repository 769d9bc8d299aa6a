// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// The code with which a server reset a stream or gave a connection up (RFC 9113 section 7).
package struct HTTP2Error: Hashable, Sendable {
    /// The code on the wire.
    package let code: UInt32

    package init(code: UInt32) {
        self.code = code
    }

    /// The request was not looked at, so that it may be sent once more (RFC 9113 section 8.7).
    package static let refusedStream = HTTP2Error(code: 7)

    /// `INTERNAL_ERROR (2)`.
    package var text: String {
        Self.names.indices.contains(Int(code)) ? "\(Self.names[Int(code)]) (\(code))" : "code \(code)"
    }

    /// Why the exchange failed: some codes complain about the protocol, with the others the server gave the stream up.
    package var reason: FailureReason {
        switch code {
        case 1, 3, 6, 9, 12, 13: .protocolError
        default: .reset
        }
    }

    private static let names = [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
        "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ]
}
