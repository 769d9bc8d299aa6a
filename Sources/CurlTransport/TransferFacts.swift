// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// What is known about a transfer that libcurl ended without a whole answer.
struct TransferFacts: Hashable {
    /// libcurl's result, a `CURLcode`.
    var curlCode: Int
    /// The operating system's error that libcurl met last; 0 when none.
    var systemErrorCode: Int32 = 0
    /// The phase it was in.
    var phase: Phase
    /// What TLS has to say about it; nil when nothing.
    var handshakeFailure: Failure?
    /// Whether TLS itself ended the connection, so that the system's error says nothing more.
    var isHandshakeFailureSure = false
    /// libcurl's text about the error; may be empty.
    var text = ""
    /// What our own callbacks refused, when they ended the transfer.
    var refusal: AnswerBuffer.Refusal?
    /// What our own side lacked, when that ended the transfer: a descriptor, the trusted authorities.
    var ownProblem: String?
    /// The last of the addresses, when the configuration denies all of them.
    var denied: String?
    /// The path of the Unix socket that stood for the target.
    var unixSocket: String?
    /// The way through a proxy; nil without one.
    var proxy: Proxy?
    /// The name of that, where it has one.
    var problem: InternalProblem?
    /// Whether no route at all leads off this machine; asked only when the target's network was unreachable.
    var isCutOff = false
    /// The first bytes of the answer, printable.
    var excerpt: String?

    /// What is known of the way through a proxy.
    struct Proxy: Hashable {
        /// Its host and port as configured.
        let address: String
        /// The status with which it refused to connect to the target.
        var refusal: Int?
        /// Whether it was reached, but the way through it to the target did not stand yet.
        var isTunnelMissing = false
    }

    /// The evidence for a failure with that reason.
    func evidence(for reason: FailureReason) -> Evidence {
        let isOurs = reason == .internal
        let system: InternalProblem? = isCutOff ? .route : SystemError(code: systemErrorCode).problem
        return Evidence(
            phase: phase,
            systemError: systemErrorCode == 0 ? nil : SystemError(code: systemErrorCode),
            curlCode: curlCode == 0 ? nil : curlCode,
            tlsAlert: handshakeFailure?.evidence.tlsAlert,
            excerpt: excerpt,
            problem: isOurs ? problem ?? (ownProblem == nil ? system : nil) : nil
        )
    }
}
