// SPDX-License-Identifier: Apache-2.0

/// A check of a kind that an organisation added itself.
///
/// Two are equal when kind and settings are: the check is made from those.
package struct CustomProbe: Hashable, Sendable {
    /// The kind's word in the configuration.
    package let kind: String
    /// What the configuration says about it.
    package let settings: CustomSetting
    /// Does the work.
    package let check: any CustomCheck

    package init(kind: String, settings: CustomSetting, check: any CustomCheck) {
        self.kind = kind
        self.settings = settings
        self.check = check
    }

    package static func == (left: CustomProbe, right: CustomProbe) -> Bool {
        left.kind == right.kind && left.settings == right.settings
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(settings)
    }
}

/// A value of the configuration, without a type yet.
package indirect enum CustomSetting: Hashable, Sendable {
    /// Nothing, `~` or `null`.
    case none
    /// A single value; a quoted one is always a text.
    case scalar(String, isQuoted: Bool)
    case list([CustomSetting])
    /// In the order written, without duplicates.
    case mapping([Entry])

    /// What is checked, for people: the first single value.
    package var subject: String {
        switch self {
        case .none: ""
        case .scalar(let text, _): text
        case .list(let items): items.lazy.map(\.subject).first { !$0.isEmpty } ?? ""
        case .mapping(let entries): entries.lazy.map(\.value.subject).first { !$0.isEmpty } ?? ""
        }
    }

    /// One key with its value.
    package struct Entry: Hashable, Sendable {
        package let key: String
        package let value: CustomSetting

        package init(key: String, value: CustomSetting) {
            self.key = key
            self.value = value
        }
    }
}

/// A check that was made from its settings; used by several runs, one after another.
package protocol CustomCheck: Sendable {
    /// Checks once, off the loop; ends when its task is cancelled, or too late.
    @concurrent func run(target: String, timeLeft: Duration) async -> CustomVerdict
}

/// What a check of an own kind says.
package struct CustomVerdict: Hashable, Sendable {
    package let verdict: Verdict
    package let message: String

    package init(verdict: Verdict, message: String) {
        self.verdict = verdict
        self.message = message
    }
}

/// The kinds that an organisation added.
package protocol CustomKinds: Sendable {
    /// Their words in the configuration.
    var names: [String] { get }

    /// Makes a check, or says what is wrong with its settings.
    func check(of kind: String, settings: CustomSetting) throws(CustomSettingProblem) -> any CustomCheck
}

/// What is wrong with a setting, and which one it is.
package struct CustomSettingProblem: Error, Hashable {
    /// Keys, and for items of lists their numbers, that lead to it; empty for the whole.
    package let path: [String]
    /// In lower case, without a full stop.
    package let message: String

    package init(path: [String], message: String) {
        self.path = path
        self.message = message
    }
}
