// SPDX-License-Identifier: Apache-2.0

/// One setting that cannot be used, and why.
public struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
    /// The name of the setting as it is spelled in the configuration type.
    public let setting: String
    /// What was seen and what is allowed; lower case, no full stop.
    public let message: String

    /// Names a setting and what is wrong with it.
    ///
    /// - Parameters:
    ///   - setting: the name of the setting.
    ///   - message: what was seen and what is allowed.
    public init(setting: String, message: String) {
        self.setting = setting
        self.message = message
    }

    /// The setting and the message, joined by a colon.
    public var description: String { "\(setting): \(message)" }
}

/// A configuration was refused; every problem is listed, not the first one alone.
public struct InvalidConfiguration: Error, Hashable, CustomStringConvertible {
    /// All problems, in the order of the settings; never empty.
    public let problems: [ConfigurationProblem]

    /// Reports `problems`.
    ///
    /// - Parameter problems: all problems found; must not be empty.
    public init(problems: [ConfigurationProblem]) {
        precondition(!problems.isEmpty, "an invalid configuration must name a problem")
        self.problems = problems
    }

    /// All problems on one line, joined by semicolons.
    public var description: String {
        problems.map(\.description).joined(separator: "; ")
    }
}

/// Collects problems while a configuration is checked.
package struct ConfigurationCheck {
    package private(set) var problems: [ConfigurationProblem] = []

    package init() {}

    /// Notes a problem unless `condition` holds.
    package mutating func require(_ condition: Bool, _ setting: String, _ message: @autoclosure () -> String) {
        guard !condition else { return }
        problems.append(ConfigurationProblem(setting: setting, message: message()))
    }

    /// Throws what was collected.
    package func finish() throws(InvalidConfiguration) {
        guard problems.isEmpty else { throw InvalidConfiguration(problems: problems) }
    }
}
