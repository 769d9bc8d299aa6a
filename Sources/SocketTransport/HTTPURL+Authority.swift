// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension HTTPURL {
    /// Host and port as a request names them: the port only where it is not the scheme's own (RFC 9110 section 4.2).
    var authority: String {
        guard address.port == (isSecure ? 443 : 80) else { return address.description }
        return address.isBracketed ? "[\(address.host)]" : address.host
    }
}
