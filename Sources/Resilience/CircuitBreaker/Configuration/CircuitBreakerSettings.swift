// SPDX-License-Identifier: Apache-2.0

/// A configuration by reference: what is large is kept once, for every breaker that it is given to.
package final class CircuitBreakerSettings: Sendable {
    package let configuration: CircuitBreakerConfiguration

    package init(_ configuration: CircuitBreakerConfiguration) {
        self.configuration = configuration
    }
}
