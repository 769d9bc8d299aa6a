// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Certificates made for this test run, because their dates lie near now or their chains are long.
package enum FreshCertificates {
    /// Where they are; made at the first look, left for the system's cleaning of /tmp.
    package static let folder = make()

    /// What has to be trusted for all of them but `selfsigned` and `foreign`.
    package static var authority: String { path("authority.pem") }

    /// The path of one file.
    package static func path(_ name: String) -> String { "\(folder)/\(name)" }

    private static func make() -> String {
        var template = Array("/tmp/bellwether-tls-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "no folder: errno \(errno)")
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let status = Program.run(["sh", "-c", "cd '\(folder)' && sh '\(Nginx.certificates)/make-fresh.sh' >log 2>&1"])
        precondition(status == 0, "cannot make certificates: see \(folder)/log")
        return folder
    }
}
