// SPDX-License-Identifier: Apache-2.0

import Glibc

extension Signal {
    /// The signal of that number, when the agent acts on it.
    init?(number: CInt) {
        switch number {
        case SIGTERM: self = .terminate
        case SIGINT: self = .interrupt
        case SIGHUP: self = .hangUp
        default: return nil
        }
    }
}
