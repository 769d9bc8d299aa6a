// SPDX-License-Identifier: Apache-2.0

package import HealthModel
import ProbeConfig

/// What a probe's definition says below the name of an own kind, read with types.
///
/// Each reader throws a problem that names the key, so that the complaint is shown at its line. A missing key takes the default where
/// one is given, and is a problem otherwise.
public struct CheckSettings: Sendable {
    let setting: CustomSetting
    let path: [String]

    package init(_ setting: CustomSetting, path: [String] = []) {
        self.setting = setting
        self.path = path
    }

    /// The keys that are written, in their order; none when this is a single value or a list.
    public var keys: [String] {
        guard case .mapping(let entries) = setting else { return [] }
        return entries.map(\.key)
    }

    /// The single value that stands here instead of a mapping, for a short form; nil otherwise.
    public var value: String? {
        if case .scalar(let text, _) = setting { text } else { nil }
    }

    /// Refuses every key but these.
    public func allow(_ keys: String...) throws(CheckSettingsProblem) {
        for key in self.keys where !keys.contains(key) {
            throw CheckSettingsProblem("unknown key (use \(keys.joined(separator: ", ")))", at: path + [key])
        }
    }

    /// A text.
    ///
    /// Missing, it is `standard`, and a problem where that is nil.
    public func text(_ key: String, default standard: String? = nil) throws(CheckSettingsProblem) -> String {
        guard let found = find(key) else { return try standard.orMissing(key, in: path) }
        return try scalar(found, key, "a text").text
    }

    /// A whole number within a range.
    ///
    /// Missing, it is `standard`, and a problem where that is nil.
    public func integer(
        _ key: String,
        in range: ClosedRange<Int>,
        default standard: Int? = nil
    ) throws(CheckSettingsProblem) -> Int {
        guard let found = find(key) else { return try standard.orMissing(key, in: path) }
        let scalar = try scalar(found, key, "a number")
        guard !scalar.isQuoted, let number = Int(scalar.text) else {
            throw CheckSettingsProblem(
                "not a whole number (\(range.lowerBound) to \(range.upperBound))",
                at: path + [key]
            )
        }
        guard range.contains(number) else {
            throw CheckSettingsProblem("out of range (\(range.lowerBound) to \(range.upperBound))", at: path + [key])
        }
        return number
    }

    /// A number with or without decimals, within a range.
    ///
    /// Missing, it is `standard`, and a problem where that is nil.
    public func number(
        _ key: String,
        in range: ClosedRange<Double>,
        default standard: Double? = nil
    ) throws(CheckSettingsProblem) -> Double {
        guard let found = find(key) else { return try standard.orMissing(key, in: path) }
        let scalar = try scalar(found, key, "a number")
        guard !scalar.isQuoted, let number = Double(scalar.text), range.contains(number) else {
            throw CheckSettingsProblem("not a number from \(range.lowerBound) to \(range.upperBound)", at: path + [key])
        }
        return number
    }

    /// `true` or `false`.
    ///
    /// Missing, it is `standard`, and a problem where that is nil.
    public func truth(_ key: String, default standard: Bool? = nil) throws(CheckSettingsProblem) -> Bool {
        guard let found = find(key) else { return try standard.orMissing(key, in: path) }
        let scalar = try scalar(found, key, "true or false")
        switch scalar.text {
        case "true" where !scalar.isQuoted: return true
        case "false" where !scalar.isQuoted: return false
        default: throw CheckSettingsProblem("not true or false", at: path + [key])
        }
    }

    /// A duration as the configuration writes it: `250ms 5s 2m 1h 7d`.
    ///
    /// Missing, it is `standard`, and a problem where that is nil.
    public func duration(_ key: String, default standard: Duration? = nil) throws(CheckSettingsProblem) -> Duration {
        guard let found = find(key) else { return try standard.orMissing(key, in: path) }
        guard let duration = Duration(configurationText: try scalar(found, key, "a duration").text) else {
            throw CheckSettingsProblem("not a duration (use 500ms, 5s, 2m)", at: path + [key])
        }
        return duration
    }

    /// A list of texts; a single text stands for a list of one, a missing key for an empty list.
    public func texts(_ key: String) throws(CheckSettingsProblem) -> [String] {
        guard let found = find(key) else { return [] }
        guard case .list(let items) = found else { return [try scalar(found, key, "a list").text] }
        var texts: [String] = []
        for (index, item) in items.enumerated() {
            guard case .scalar(let text, _) = item else {
                throw CheckSettingsProblem("expected a text", at: path + [key, String(index)])
            }
            texts.append(text)
        }
        return texts
    }

    /// The settings below a key; empty ones when it is missing.
    public func settings(_ key: String) -> CheckSettings {
        CheckSettings(find(key) ?? .none, path: path + [key])
    }

    /// The settings of each item of the list below a key; none when it is missing.
    public func items(_ key: String) throws(CheckSettingsProblem) -> [CheckSettings] {
        guard let found = find(key) else { return [] }
        guard case .list(let items) = found else { throw CheckSettingsProblem("expected a list", at: path + [key]) }
        return items.enumerated().map { CheckSettings($0.element, path: path + [key, String($0.offset)]) }
    }

    /// The value of a key; nil when it is missing or says nothing.
    private func find(_ key: String) -> CustomSetting? {
        guard case .mapping(let entries) = setting, let entry = entries.first(where: { $0.key == key }),
            entry.value != .none
        else { return nil }
        return entry.value
    }

    private func scalar(
        _ found: CustomSetting,
        _ key: String,
        _ expected: String
    ) throws(CheckSettingsProblem) -> (text: String, isQuoted: Bool) {
        guard case .scalar(let text, let isQuoted) = found else {
            throw CheckSettingsProblem("expected \(expected)", at: path + [key])
        }
        return (text, isQuoted)
    }
}

extension Optional {
    /// The default, or the complaint that there is none.
    fileprivate func orMissing(_ key: String, in path: [String]) throws(CheckSettingsProblem) -> Wrapped {
        guard let self else { throw CheckSettingsProblem("has no \(key)", at: path) }
        return self
    }
}
