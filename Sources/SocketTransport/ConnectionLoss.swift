// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime

extension SystemError {
    /// Why an exchange fails whose connection, once open, ends with this error, and in which words.
    ///
    /// - Parameter place: how far it had come, as in "before an answer".
    /// - Returns: `reset`, `timeout`, `unreachable`, or `internal` for what no network says.
    func loss(_ place: String) -> (reason: FailureReason, message: String) {
        switch code {
        case ECONNRESET, EPIPE, ECONNABORTED: (.reset, "connection reset \(place)")
        case ETIMEDOUT: (.timeout, "the peer is gone: \(text)")
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN: (.unreachable, "no route to the target: \(text)")
        default: (.internal, "the connection failed \(place): \(text)")
        }
    }
}
