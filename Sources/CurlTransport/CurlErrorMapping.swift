// SPDX-License-Identifier: Apache-2.0

import CCurl
import Glibc
import HealthModel
import LinuxRuntime
import TransportSecurity

/// Says in our words why libcurl ended a transfer: the one place that knows its codes.
enum CurlErrorMapping {
    /// The failure that `facts` amount to.
    static func failure(for facts: TransferFacts) -> HTTPExchangeFailure {
        let (reason, message) = verdict(facts)
        return HTTPExchangeFailure(
            Failure(reason, message, evidence: facts.evidence(for: reason)),
            at: layer(of: reason, in: facts.phase)
        )
    }

    /// How far a transfer came that failed for `reason` in `phase`.
    static func layer(of reason: FailureReason, in phase: Phase) -> Layer {
        let isTimeout = reason == .timeout || reason == .connectTimeout
        if [.tlsHandshake, .tlsUntrusted, .tlsExpired, .tlsHostname].contains(reason) { return .l6Response }
        return switch phase {
        case .dns: .l4Connection
        case .connect: isTimeout ? .l4Timeout : .l4Connection
        case .tls: isTimeout ? .l6Timeout : .l6Response
        case .firstByte, .transfer: isTimeout ? .l7Timeout : .l7Response
        }
    }

    /// The failure of a transfer that had `limit` and came as far as `facts` say when it was over.
    static func timeout(for facts: TransferFacts, after limit: Duration) -> HTTPExchangeFailure {
        var facts = facts
        facts.curlCode = Int(CURLE_OPERATION_TIMEDOUT.rawValue)
        let time = "within \(limit.readable)"
        let (reason, message) = facts.ownProblem == nil ? late(facts, time, after: limit) : verdict(facts)
        facts.curlCode = 0
        return HTTPExchangeFailure(
            Failure(reason, message, evidence: facts.evidence(for: reason)),
            at: layer(of: reason, in: facts.phase)
        )
    }

    private typealias Verdict = (FailureReason, String)

    private static func late(_ facts: TransferFacts, _ time: String, after limit: Duration) -> Verdict {
        guard let proxy = facts.proxy else { return timeout(in: facts.phase, after: limit) }
        if proxy.isTunnelMissing {
            return (.connectTimeout, "the proxy \(proxy.address) made no connection to the target \(time)")
        }
        let (reason, message) = timeout(in: facts.phase, after: limit)
        return (reason, facts.phase == .connect ? "proxy \(proxy.address): \(message)" : message)
    }

    private static func verdict(_ facts: TransferFacts) -> Verdict {
        if let proxy = facts.proxy, facts.ownProblem == nil, facts.denied == nil {
            if let status = proxy.refusal {
                return (.unreachable, "the proxy \(proxy.address) does not connect to the target: it answers \(status)")
            }
            if proxy.isTunnelMissing { return tunnel(facts, proxy) }
            if facts.phase == .connect {
                let (reason, message) = directVerdict(facts)
                return (reason, "proxy \(proxy.address): \(message)")
            }
        }
        return directVerdict(facts)
    }

    /// What a proxy made of CONNECT instead of a connection.
    private static func tunnel(_ facts: TransferFacts, _ proxy: TransferFacts.Proxy) -> Verdict {
        switch facts.systemErrorCode {
        case ECONNRESET, EPIPE, ECONNABORTED:
            return (.reset, "the proxy \(proxy.address) reset the connection instead of connecting to the target")
        default:
            return (.protocolError, described("the proxy \(proxy.address) gives no proper answer to CONNECT", facts))
        }
    }

    private static func directVerdict(_ facts: TransferFacts) -> Verdict {
        // Past the first byte, what was lacking at first (a second address's socket) did not matter.
        if let problem = facts.ownProblem, facts.phase != .transfer { return (.internal, problem) }
        if let denied = facts.denied, facts.phase == .connect {
            return (.unreachable, "\(denied) is denied by addresses.deny")
        }
        if let refusal = facts.refusal { return verdict(on: refusal) }
        if let failure = facts.handshakeFailure, facts.isHandshakeFailureSure {
            return (failure.reason, failure.message)
        }
        let answering = facts.phase == .firstByte || facts.phase == .transfer
        switch CURLcode(UInt32(clamping: facts.curlCode)) {
        case CURLE_UNSUPPORTED_PROTOCOL where answering:
            return (.protocolError, "the answer is not HTTP/1 (no status line)")
        case CURLE_COULDNT_RESOLVE_HOST:
            return (.dns, described("the name has no address", facts))
        case CURLE_COULDNT_CONNECT:
            return connection(facts, otherwise: (.unreachable, described("could not connect", facts)))
        case CURLE_OPERATION_TIMEDOUT:
            return timeout(in: facts.phase, after: nil)
        case CURLE_SSL_CONNECT_ERROR:
            return connection(facts, otherwise: handshake(facts))
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR:
            return handshake(facts)
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR:
            if facts.phase == .tls { return connection(facts, otherwise: handshake(facts)) }
            if facts.text.contains("Connection died") {
                // libcurl repeats by itself what a server refuses before it looks at it (REFUSED_STREAM), five times.
                return (.reset, "the server refused the request again and again")
            }
            return connection(facts, otherwise: (.protocolError, described("the answer broke off", facts)))
        case CURLE_GOT_NOTHING:
            return (.protocolError, "connection closed without an answer")
        case CURLE_PARTIAL_FILE:
            return connection(facts, otherwise: (.protocolError, described("the answer ended too early", facts)))
        case CURLE_HTTP2_STREAM:
            guard let error = HTTP2Error(curlText: facts.text) else {
                return (.protocolError, "the server ended the stream before an answer")
            }
            return (error.reason, "the server reset the stream: \(error.text)")
        case CURLE_HTTP2:
            return (.protocolError, described("the server gave the connection up or broke the protocol", facts))
        case CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP3, CURLE_HTTP_RETURNED_ERROR:
            return (.protocolError, described("the answer breaks the protocol", facts))
        case CURLE_BAD_CONTENT_ENCODING where answering:
            return (.decode, described("the content encoding could not be undone", facts))
        case CURLE_OUT_OF_MEMORY where answering:
            // A header line past libcurl's own bound of 100 KiB ends like this; nothing of ours is short.
            return (.protocolError, "a header line is too long")
        case CURLE_BAD_FUNCTION_ARGUMENT where answering:
            // A header or trailer line that libcurl cannot take apart ends like this.
            return (.protocolError, "the answer breaks the protocol: a broken header line")
        case CURLE_TOO_MANY_REDIRECTS:
            return (.redirect, "too many redirects")
        default:
            return (.internal, described("libcurl error \(facts.curlCode)", facts))
        }
    }

    private static func verdict(on refusal: AnswerBuffer.Refusal) -> Verdict {
        switch refusal {
        case .body(let limit): (.tooLarge, "body longer than \(limit) bytes")
        case .headerBytes: (.protocolError, "headers longer than \(HTTPHeaders.maximumBytes) bytes")
        case .headerFields: (.protocolError, "more than \(HTTPHeaders.maximumFields) header fields")
        case .coding(let coding): (.decode, "content encoding \(coding) was not asked for")
        case .version(let version): (.protocolError, "the server speaks \(version), not HTTP/2")
        }
    }

    /// The timeout of an exchange that came as far as `phase`; `limit` is the time it had, when known.
    static func timeout(in phase: Phase, after limit: Duration?) -> (FailureReason, String) {
        let time = limit.map { " within \($0.readable)" } ?? " in time"
        return switch phase {
        case .dns: (.dns, "no answer from the resolver\(time)")
        case .connect: (.connectTimeout, "no connection\(time)")
        case .tls: (.timeout, "connected, but no TLS session\(time)")
        case .firstByte: (.timeout, "connected, but no answer\(time)")
        case .transfer: (.timeout, "answer not complete\(time)")
        }
    }

    /// What the system's error number says about a connection, or `otherwise` when it says nothing.
    private static func connection(_ facts: TransferFacts, otherwise: Verdict) -> Verdict {
        switch facts.systemErrorCode {
        case ENOENT where facts.unixSocket != nil:
            return (.refused, "there is no socket \(facts.unixSocket ?? "")")
        case ECONNREFUSED:
            return (.refused, facts.unixSocket.map { "nobody listens on \($0)" } ?? "connection refused")
        case ENETUNREACH where facts.isCutOff, ENETDOWN where facts.isCutOff:
            return (.internal, "this machine has no route to anywhere: \(systemText(facts))")
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN, EAFNOSUPPORT, ENONET:
            return (.unreachable, "no route to the target: \(systemText(facts))")
        case ETIMEDOUT:
            return timeout(in: facts.phase, after: nil)
        case ECONNRESET, EPIPE, ECONNABORTED:
            return (.reset, "connection reset \(place(facts.phase))")
        case EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL, EADDRINUSE, EACCES, EPERM:
            return (.internal, "no socket could be had or connected: \(systemText(facts))")
        default:
            return otherwise
        }
    }

    private static func place(_ phase: Phase) -> String {
        switch phase {
        case .dns, .connect: "while connecting"
        case .tls: "during the TLS handshake"
        case .firstByte: "before an answer"
        case .transfer: "within the answer"
        }
    }

    private static func handshake(_ facts: TransferFacts) -> Verdict {
        // libcurl checks the name once more, by its own rules, after the chain was accepted.
        if facts.text.contains("subject name") || facts.text.contains("common name") {
            return (.tlsHostname, described("the certificate is for another name", facts))
        }
        if let failure = facts.handshakeFailure { return (failure.reason, failure.message) }
        if facts.text.contains("SSL_ERROR_SYSCALL") { return (.tlsHandshake, HandshakeRecord.closed) }
        return (.tlsHandshake, described("TLS handshake failed", facts))
    }

    /// `summary`, followed by libcurl's own text when it has one.
    private static func described(_ summary: String, _ facts: TransferFacts) -> String {
        facts.text.isEmpty ? summary : "\(summary): \(facts.text)"
    }

    private static func systemText(_ facts: TransferFacts) -> String {
        SystemError(code: facts.systemErrorCode).text
    }
}
