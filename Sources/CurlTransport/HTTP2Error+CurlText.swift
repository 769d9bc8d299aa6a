// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime

extension HTTP2Error {
    /// Finds the code in libcurl's text: `HTTP/2 stream 1 was not closed cleanly: REFUSED_STREAM (err 7)`.
    init?(curlText text: String) {
        guard let mark = text.firstRange(of: "(err ") else { return nil }
        guard let code = UInt32(text[mark.upperBound...].prefix { $0.isASCII && $0.isNumber }) else { return nil }
        self.init(code: code)
    }
}
