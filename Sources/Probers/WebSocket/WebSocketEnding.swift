// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// How a conversation ended.
package struct WebSocketEnding: Hashable, Sendable {
    /// Why it failed; nil when all was as expected.
    package var failure: Failure?
    package var layer: Layer

    package init(failure: Failure?, layer: Layer) {
        self.failure = failure
        self.layer = layer
    }

    /// Everything was as expected.
    static let passed = WebSocketEnding(failure: nil, layer: .l7OK)
}
