// SPDX-License-Identifier: Apache-2.0

import Exposition

/// Why a request is refused before it reaches a route; the connection ends with it.
struct RequestRefusal: Error, Hashable {
    let kind: ErrorAnswer.Kind
    /// What was seen, in lower case, without a full stop.
    let message: String

    init(_ kind: ErrorAnswer.Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}
