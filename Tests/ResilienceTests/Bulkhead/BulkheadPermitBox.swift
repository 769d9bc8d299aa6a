// SPDX-License-Identifier: Apache-2.0

import Resilience

/// Keeps a permit alive in an array.
final class BulkheadPermitBox: Sendable {
    private let permit: Bulkhead.Permit

    init(_ permit: consuming Bulkhead.Permit) {
        self.permit = permit
    }
}
