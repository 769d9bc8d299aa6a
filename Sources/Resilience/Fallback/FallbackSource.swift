// SPDX-License-Identifier: Apache-2.0

/// Where an answer comes from.
public enum FallbackSource: Sendable, Hashable {
    /// The call itself.
    case operation
    /// Another call of this name.
    case call(named: String)
    /// A cache; the answer is this old.
    case cache(age: Duration)
    /// The fixed value.
    case value
}
