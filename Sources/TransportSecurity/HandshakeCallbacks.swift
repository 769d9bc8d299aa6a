// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import HealthModel

/// The functions that OpenSSL calls during a handshake; each finds the connection's record and passes on.
enum HandshakeCallbacks {
    /// Verifies the server's chain instead of OpenSSL, by OpenSSL.
    static let verifyChain: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> CInt = { verification, _ in
        guard let verification = unsafe verification, let session = unsafe session(of: verification),
            let record = unsafe HandshakeRecord.record(of: session)
        else { return 0 }
        unsafe record.noteAgreement(of: session)
        return unsafe record.verify(verification) ? 1 : 0
    }

    /// Notes a problem with the chain and lets OpenSSL look on.
    static let noteProblem: @convention(c) (CInt, OpaquePointer?) -> CInt = { isFine, verification in
        guard isFine == 0, let verification = unsafe verification else { return isFine }
        guard let session = unsafe session(of: verification), let record = unsafe HandshakeRecord.record(of: session)
        else { return 0 }
        let certificate = unsafe X509_STORE_CTX_get_current_cert(verification)
        record.note(
            VerificationProblem(
                code: unsafe X509_STORE_CTX_get_error(verification),
                certificate: unsafe certificate.map { unsafe CertificateFacts(of: $0) },
                depth: Int(unsafe X509_STORE_CTX_get_error_depth(verification))
            )
        )
        return 1
    }

    /// Notes the server's alerts, and what was agreed on when the handshake is done.
    static let stateChanged: @convention(c) (OpaquePointer?, CInt, CInt) -> Void = { session, event, value in
        guard let session = unsafe session else { return }
        let isAlert = event & SSL_CB_ALERT != 0 && event & SSL_CB_READ != 0
        guard isAlert || event & SSL_CB_HANDSHAKE_DONE != 0 else { return }
        guard let record = unsafe HandshakeRecord.record(of: session) else { return }
        if isAlert {
            record.note(TLSAlert(number: UInt8(truncatingIfNeeded: value)))
        } else {
            unsafe record.noteAgreement(of: session)
        }
    }

    /// Notes that the server asks for a client certificate.
    static let certificateWanted: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> CInt = { session, _ in
        if let session = unsafe session { unsafe HandshakeRecord.record(of: session)?.wantsCertificate = true }
        return 1
    }

    private static func session(of verification: OpaquePointer) -> OpaquePointer? {
        // unsafe: OpenSSL puts the SSL at this index for every verification of a handshake.
        let session = unsafe X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx())
        return unsafe session.map { OpaquePointer($0) }
    }
}
