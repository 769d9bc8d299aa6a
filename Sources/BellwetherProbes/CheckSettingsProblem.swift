// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a check's settings, and which one it is.
public struct CheckSettingsProblem: Error, Hashable {
    /// The keys, and for items of lists their numbers, that lead to the setting; empty for the whole.
    public let path: [String]
    /// What was seen and what is allowed, in lower case, without a full stop.
    public let message: String

    /// - Parameters:
    ///   - message: what was seen and what is allowed.
    ///   - path: the keys that lead to the setting; empty for the whole.
    public init(_ message: String, at path: [String] = []) {
        self.path = path
        self.message = message
    }
}
