// SPDX-License-Identifier: Apache-2.0

import CCurl
import Glibc
import HealthModel
import LinuxRuntime
import Testing

@testable import CurlTransport

/// One line of the mapping table: what libcurl says in which phase, and what it means.
struct MappingCase: CustomTestStringConvertible, Sendable {
    var facts: TransferFacts
    var reason: FailureReason
    let layer: Layer

    init(
        _ code: CURLcode,
        _ systemError: Int32 = 0,
        in phase: Phase,
        tls: Failure? = nil,
        sure: Bool = false,
        text: String = "",
        refusal: AnswerBuffer.Refusal? = nil,
        ours: String? = nil,
        _ reason: FailureReason,
        _ layer: Layer
    ) {
        facts = TransferFacts(
            curlCode: Int(code.rawValue),
            systemErrorCode: systemError,
            phase: phase,
            handshakeFailure: tls,
            isHandshakeFailureSure: sure,
            text: text,
            refusal: refusal,
            ownProblem: ours
        )
        self.reason = reason
        self.layer = layer
    }

    var testDescription: String {
        "code \(facts.curlCode), errno \(facts.systemErrorCode), TLS \(facts.handshakeFailure?.message ?? "-"), in \(facts.phase.rawValue)"
    }

    /// The same on a machine without any route.
    var cutOff: MappingCase {
        var copy = self
        copy.facts.isCutOff = true
        copy.reason = .internal
        return copy
    }

    /// libcurl's text about a stream that the server reset.
    private static func reset(_ code: String) -> String { "HTTP/2 stream 1 was not closed cleanly: \(code)" }

    static let table: [MappingCase] = [
        MappingCase(CURLE_COULDNT_RESOLVE_HOST, in: .connect, .dns, .l4Connection),
        MappingCase(CURLE_COULDNT_CONNECT, ECONNREFUSED, in: .connect, .refused, .l4Connection),
        MappingCase(CURLE_COULDNT_CONNECT, EHOSTUNREACH, in: .connect, .unreachable, .l4Connection),
        MappingCase(CURLE_COULDNT_CONNECT, ENETUNREACH, in: .connect, .unreachable, .l4Connection),
        MappingCase(CURLE_COULDNT_CONNECT, ENETUNREACH, in: .connect, .unreachable, .l4Connection).cutOff,
        MappingCase(CURLE_COULDNT_CONNECT, EAFNOSUPPORT, in: .connect, .unreachable, .l4Connection),
        MappingCase(CURLE_COULDNT_CONNECT, ETIMEDOUT, in: .connect, .connectTimeout, .l4Timeout),
        MappingCase(CURLE_COULDNT_CONNECT, ECONNRESET, in: .connect, .reset, .l4Connection),
        MappingCase(CURLE_COULDNT_CONNECT, EADDRNOTAVAIL, in: .connect, .internal, .l4Connection),
        MappingCase(CURLE_COULDNT_CONNECT, EMFILE, in: .connect, .internal, .l4Connection),
        MappingCase(CURLE_COULDNT_CONNECT, EPERM, in: .connect, .internal, .l4Connection),
        MappingCase(CURLE_COULDNT_CONNECT, in: .connect, .unreachable, .l4Connection),
        MappingCase(CURLE_COULDNT_CONNECT, ECONNREFUSED, in: .connect, ours: "none left", .internal, .l4Connection),
        MappingCase(CURLE_OPERATION_TIMEDOUT, in: .connect, .connectTimeout, .l4Timeout),
        MappingCase(CURLE_OPERATION_TIMEDOUT, in: .tls, .timeout, .l6Timeout),
        MappingCase(CURLE_OPERATION_TIMEDOUT, in: .firstByte, .timeout, .l7Timeout),
        MappingCase(CURLE_OPERATION_TIMEDOUT, in: .transfer, .timeout, .l7Timeout),
        MappingCase(CURLE_SSL_CONNECT_ERROR, in: .tls, .tlsHandshake, .l6Response),
        MappingCase(CURLE_SSL_CONNECT_ERROR, ECONNRESET, in: .tls, .reset, .l6Response),
        MappingCase(CURLE_SSL_CACERT_BADFILE, in: .tls, ours: "no CA file", .internal, .l6Response),
        MappingCase(
            CURLE_PEER_FAILED_VERIFICATION,
            in: .tls,
            tls: Failure(.tlsExpired, "ended"),
            sure: true,
            .tlsExpired,
            .l6Response
        ),
        MappingCase(
            CURLE_PEER_FAILED_VERIFICATION,
            in: .tls,
            text: "SSL: no alternative certificate subject name",
            .tlsHostname,
            .l6Response
        ),
        MappingCase(
            CURLE_SSL_CONNECT_ERROR,
            in: .tls,
            tls: Failure(.tlsHandshake, "wrong version"),
            .tlsHandshake,
            .l6Response
        ),
        MappingCase(
            CURLE_SSL_CONNECT_ERROR,
            ECONNRESET,
            in: .tls,
            tls: Failure(.tlsHandshake, "closed"),
            .reset,
            .l6Response
        ),
        MappingCase(
            CURLE_RECV_ERROR,
            ECONNRESET,
            in: .firstByte,
            tls: Failure(.tlsHandshake, "alert"),
            sure: true,
            .tlsHandshake,
            .l6Response
        ),
        MappingCase(CURLE_GOT_NOTHING, in: .firstByte, .protocolError, .l7Response),
        MappingCase(CURLE_UNSUPPORTED_PROTOCOL, in: .firstByte, .protocolError, .l7Response),
        MappingCase(CURLE_UNSUPPORTED_PROTOCOL, in: .connect, .internal, .l4Connection),
        MappingCase(CURLE_WEIRD_SERVER_REPLY, in: .transfer, .protocolError, .l7Response),
        MappingCase(CURLE_PARTIAL_FILE, in: .transfer, .protocolError, .l7Response),
        MappingCase(CURLE_HTTP2, in: .firstByte, .protocolError, .l7Response),
        MappingCase(CURLE_HTTP2_STREAM, in: .transfer, .protocolError, .l7Response),
        MappingCase(
            CURLE_HTTP2_STREAM,
            in: .firstByte,
            text: Self.reset("PROTOCOL_ERROR (err 1)"),
            .protocolError,
            .l7Response
        ),
        MappingCase(
            CURLE_HTTP2_STREAM,
            in: .firstByte,
            text: Self.reset("REFUSED_STREAM (err 7)"),
            .reset,
            .l7Response
        ),
        MappingCase(CURLE_HTTP2_STREAM, in: .transfer, text: Self.reset("CANCEL (err 8)"), .reset, .l7Response),
        MappingCase(
            CURLE_HTTP2_STREAM,
            in: .transfer,
            text: Self.reset("(err 99999999999)"),
            .protocolError,
            .l7Response
        ),
        MappingCase(CURLE_PARTIAL_FILE, ECONNRESET, in: .transfer, .reset, .l7Response),
        MappingCase(CURLE_RECV_ERROR, in: .firstByte, text: "Connection died, tried 5 times", .reset, .l7Response),
        MappingCase(CURLE_WRITE_ERROR, in: .firstByte, refusal: .version("HTTP/1.1"), .protocolError, .l7Response),
        MappingCase(CURLE_RECV_ERROR, ECONNRESET, in: .firstByte, .reset, .l7Response),
        MappingCase(CURLE_SEND_ERROR, EPIPE, in: .firstByte, .reset, .l7Response),
        MappingCase(CURLE_RECV_ERROR, ETIMEDOUT, in: .transfer, .timeout, .l7Timeout),
        MappingCase(CURLE_RECV_ERROR, in: .transfer, .protocolError, .l7Response),
        MappingCase(CURLE_BAD_CONTENT_ENCODING, in: .transfer, .decode, .l7Response),
        MappingCase(CURLE_TOO_MANY_REDIRECTS, in: .transfer, .redirect, .l7Response),
        MappingCase(CURLE_WRITE_ERROR, in: .transfer, refusal: .body(limit: 9), .tooLarge, .l7Response),
        MappingCase(CURLE_WRITE_ERROR, in: .transfer, refusal: .headerBytes, .protocolError, .l7Response),
        MappingCase(CURLE_WRITE_ERROR, in: .transfer, refusal: .headerFields, .protocolError, .l7Response),
        MappingCase(CURLE_OUT_OF_MEMORY, in: .transfer, .protocolError, .l7Response),
        MappingCase(CURLE_OUT_OF_MEMORY, in: .connect, .internal, .l4Connection),
        MappingCase(CURLE_FAILED_INIT, in: .connect, .internal, .l4Connection),
        MappingCase(CURLE_BAD_FUNCTION_ARGUMENT, in: .transfer, .protocolError, .l7Response),
        MappingCase(CURLE_BAD_FUNCTION_ARGUMENT, in: .connect, .internal, .l4Connection),
    ]
}

@Suite("CurlErrorMapping")
struct CurlErrorMappingTests {
    @Test("every way libcurl ends a transfer has its reason and layer", arguments: MappingCase.table)
    func table(_ line: MappingCase) {
        let failure = CurlErrorMapping.failure(for: line.facts)
        #expect(failure.failure.reason == line.reason)
        #expect(failure.layer == line.layer)
        #expect(!failure.failure.message.isEmpty)
        #expect(failure.failure.evidence.phase == line.facts.phase)
        #expect(failure.failure.evidence.curlCode == line.facts.curlCode)
    }

    @Test("what was short of ours does not excuse a failure after the first byte")
    func shortAtFirst() {
        let facts = TransferFacts(
            curlCode: Int(CURLE_RECV_ERROR.rawValue),
            systemErrorCode: ECONNRESET,
            phase: .transfer,
            ownProblem: "no socket for the second address"
        )
        #expect(CurlErrorMapping.failure(for: facts).failure.reason == .reset)
    }
}
