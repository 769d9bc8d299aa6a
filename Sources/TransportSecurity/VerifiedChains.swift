// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Glibc
import HealthModel

/// The chains that were found good against one set of authorities, so that the same question is not answered twice.
///
/// A server shows the same certificates at every handshake. Whether they are signed by whom they should be, and are for the
/// right name, follows from their bytes alone; only the time goes on, and that is looked at again each time. That the server has
/// the certificate's key is not part of it: every handshake proves it anew.
final class VerifiedChains {
    /// Everything that the answer depends on but the time.
    struct Question: Hashable {
        private let fingerprints: [UInt8]
        private let serverName: String
        private let securityLevel: CInt

        /// Most certificates that a server may send to be remembered.
        private static let maximumCertificates = TLSFacts.maximumCertificates
        private static let fingerprintBytes = 32

        /// Asks about the certificates that wait to be verified; nil when they are too many, or there is no memory.
        init?(_ serverName: String, _ verification: OpaquePointer) {
            guard let sent = unsafe X509_STORE_CTX_get0_untrusted(verification),
                let parameters = unsafe X509_STORE_CTX_get0_param(verification)
            else { return nil }
            let count = unsafe copenssl_certificate_count(sent)
            guard (1...CInt(Self.maximumCertificates)).contains(count) else { return nil }
            var fingerprints = [UInt8](repeating: 0, count: Int(count) * Self.fingerprintBytes)
            for index in 0..<count {
                let certificate = unsafe copenssl_certificate(sent, index)
                // unsafe: SHA-256 writes 32 bytes, for which there is room from each offset on.
                let isWritten = unsafe fingerprints.withUnsafeMutableBufferPointer { bytes in
                    let room = unsafe bytes.baseAddress.map { unsafe $0 + Int(index) * Self.fingerprintBytes }
                    return unsafe X509_digest(certificate, EVP_sha256(), room, nil) == 1
                }
                guard isWritten else { return nil }
            }
            self.fingerprints = fingerprints
            self.serverName = serverName
            unsafe securityLevel = X509_VERIFY_PARAM_get_auth_level(parameters)
        }
    }

    private struct Answer {
        let chain: [CertificateFacts]
        /// The seconds since 1970 in which every certificate of the chain is in force.
        let times: Range<Int64>
    }

    /// Most chains that are remembered; past this all are forgotten.
    static let maximum = 1_024

    private var answers: [Question: Answer] = [:]

    /// The chain that was found good, when it still is at `now`; nil when it has to be verified.
    func chain(for question: Question, at now: Int64 = Int64(time(nil))) -> [CertificateFacts]? {
        guard let answer = answers[question], answer.times.contains(now) else { return nil }
        return answer.chain
    }

    /// Remembers a whole chain without a fault.
    func remember(_ chain: [CertificateFacts], for question: Question) {
        // One that was cut off for the facts may end earlier than they tell.
        guard chain.count < TLSFacts.maximumCertificates,
            let begin = chain.map(\.notBefore).max(), let end = chain.map(\.notAfter).min(), begin < end
        else { return }
        if answers.count >= Self.maximum { answers = [:] }
        answers[question] = Answer(chain: chain, times: begin..<end)
    }
}
