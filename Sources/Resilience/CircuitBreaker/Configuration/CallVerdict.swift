// SPDX-License-Identifier: Apache-2.0

/// What one finished call counts as.
public enum CallVerdict: String, Sendable, Hashable, CaseIterable {
    /// The dependency did its work.
    case success
    /// The dependency failed.
    case failure
    /// The call says nothing about the dependency; its slot is given back and it is counted apart.
    case ignored
}
