// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Glibc
import HealthModel
import LinuxRuntime

extension CertificateFacts {
    /// Most names that are kept of a certificate.
    private static let maximumNames = 20
    /// Most bytes of a serial number that are shown; RFC 5280 section 4.1.2.2 allows 20.
    private static let maximumSerialBytes = 32

    /// Reads what people and the expiry rule want to know off a certificate; everything foreign is bounded and printable.
    init(of certificate: OpaquePointer) {
        self.init(
            subject: unsafe Self.text(of: X509_get_subject_name(certificate)),
            issuer: unsafe Self.text(of: X509_get_issuer_name(certificate)),
            names: unsafe Self.names(of: certificate),
            serial: unsafe Self.serial(of: certificate),
            notBefore: unsafe Self.seconds(X509_get0_notBefore(certificate)),
            notAfter: unsafe Self.seconds(X509_get0_notAfter(certificate))
        )
    }

    private static func text(of name: OpaquePointer?) -> String {
        guard let name = unsafe name, let output = unsafe BIO_new(BIO_s_mem()) else { return "" }
        defer { unsafe BIO_free_all(output) }
        guard unsafe copenssl_print_name(output, name) >= 0 else { return "" }
        var bytes: UnsafeMutablePointer<CChar>?
        let count = unsafe copenssl_written(output, &bytes)
        // unsafe: the bytes belong to the output, which is freed after they were copied.
        let written = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
        return unsafe Excerpt.bounded(String(decoding: written.prefix(4 * Excerpt.maximumCharacters), as: UTF8.self))
    }

    private static func names(of certificate: OpaquePointer) -> [String] {
        guard let extensionValue = unsafe X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else {
            return []
        }
        let list = OpaquePointer(extensionValue)
        // unsafe: the list was made for us.
        defer { unsafe GENERAL_NAMES_free(list) }
        var names: [String] = []
        for index in 0..<max(0, unsafe copenssl_name_count(list)) where names.count < maximumNames {
            var (type, length): (CInt, CInt) = (0, 0)
            guard let start = unsafe copenssl_name(list, index, &type, &length), length > 0 else { continue }
            // unsafe: the bytes belong to the list.
            let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: Int(length)))
            if type == GEN_DNS {
                if let name = Excerpt.text(of: bytes) { names.append(name) }
            } else if bytes.count == 4 || bytes.count == 16 {
                names.append(SocketAddress(bytes: bytes, port: 0).host)
            }
        }
        return names
    }

    private static func serial(of certificate: OpaquePointer) -> String {
        guard let number = unsafe X509_get0_serialNumber(certificate) else { return "" }
        // unsafe: the bytes belong to the certificate.
        let bytes = unsafe UnsafeBufferPointer(
            start: ASN1_STRING_get0_data(number),
            count: Int(ASN1_STRING_length(number))
        )
        let digits = unsafe bytes.prefix(maximumSerialBytes).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
        return unsafe (ASN1_STRING_type(number) & V_ASN1_NEG != 0 ? "-" : "") + digits.joined()
    }

    /// Seconds since 1970; 0 for a time that is not one, which verification refuses.
    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        // unsafe: the struct is filled by the call; its pointer to a zone's name is not looked at.
        var parts = unsafe tm()
        guard let time = unsafe time, unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return 0 }
        return unsafe Int64(timegm(&parts))
    }
}
