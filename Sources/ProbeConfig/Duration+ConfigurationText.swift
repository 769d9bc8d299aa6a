// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension Duration {
    /// Reads a duration as the configuration writes it, `250ms` or `1.5s`; nil for anything else.
    package init?(configurationText text: String) {
        guard case .duration(let duration) = DurationText.parse(text) else { return nil }
        self = duration
    }
}
