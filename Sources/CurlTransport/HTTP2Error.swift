// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The code with which a server reset a stream (RFC 9113 section 7).
struct HTTP2Error: Hashable {
    /// The code on the wire.
    let code: UInt32

    /// Finds the code in libcurl's text: `HTTP/2 stream 1 was not closed cleanly: REFUSED_STREAM (err 7)`.
    init?(curlText text: String) {
        guard let mark = text.firstRange(of: "(err ") else { return nil }
        guard let code = UInt32(text[mark.upperBound...].prefix { $0.isASCII && $0.isNumber }) else { return nil }
        self.code = code
    }

    /// `INTERNAL_ERROR (2)`.
    var text: String {
        Self.names.indices.contains(Int(code)) ? "\(Self.names[Int(code)]) (\(code))" : "code \(code)"
    }

    /// Why the exchange failed: some codes complain about the protocol, with the others the server gave the stream up.
    var reason: FailureReason {
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
