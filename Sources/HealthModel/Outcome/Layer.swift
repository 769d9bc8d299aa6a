// SPDX-License-Identifier: Apache-2.0

/// How far a probe came, in the tags of HAProxy's checks (management guide, section 9.1, `check_status`).
package enum Layer: String, CaseIterable, Hashable, Sendable {
    /// Connected, and nothing more was asked.
    case l4OK = "L4OK"
    /// No connection: refused, unreachable, name not resolved.
    case l4Connection = "L4CON"
    /// No connection in time.
    case l4Timeout = "L4TOUT"
    /// TLS established, and nothing more was asked.
    case l6OK = "L6OK"
    /// TLS failed.
    case l6Response = "L6RSP"
    /// TLS not established in time.
    case l6Timeout = "L6TOUT"
    /// The application answered as expected.
    case l7OK = "L7OK"
    /// The application's answer is unusable.
    case l7Response = "L7RSP"
    /// The application answered, and said no.
    case l7Status = "L7STS"
    /// No application answer in time.
    case l7Timeout = "L7TOUT"
}
