// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// A secret that the configuration keeps elsewhere; whether it is there is not this module's to know.
package struct NamedSecret: Hashable, Sendable {
    /// Where it is kept; never a text.
    package let secret: Secret
    /// The keys that lead to the reference: `probes.checkout.http.auth.bearer`.
    package let keyPath: String
    /// Where the reference is written.
    package let location: FileLocation
}
