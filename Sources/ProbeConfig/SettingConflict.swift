// SPDX-License-Identifier: Apache-2.0

/// Two values that exclude each other, possibly written in different files.
///
/// It is reported where the nearer of the two was written, for that is the change that broke the rule, and names the other.
/// Where they are equally near, the first of the two is named.
struct SettingConflict {
    /// A value with its name in a sentence: `the interval 10s`.
    struct Party {
        let name: String
        /// The value in the words of the file.
        let value: String
        /// Where it was written; nil when it is built in.
        let origin: SettingOrigin?

        /// How the other party's message names this one.
        fileprivate var mention: String {
            guard let origin else { return "the built-in \(name) \(value)" }
            return "\(name) \(value) at \(VisibleText.make(origin.field.location.description))"
        }
    }

    let first: Party
    /// What the first is to the second: `is longer than`.
    let firstRelation: String
    let second: Party
    /// What the second is to the first: `is shorter than`.
    let secondRelation: String
    /// The rule that is broken, where the two relations do not say it.
    var rule: String?

    /// Reports the conflict; two built-in values have none.
    func report() {
        let secondIsNearer =
            if let second = second.origin { first.origin.map { $0.layer < second.layer } ?? true } else { false }
        let (subject, relation, other) =
            secondIsNearer ? (second, secondRelation, first) : (first, firstRelation, second)
        guard let origin = subject.origin else { return }
        origin.field.sink.error(
            "\(subject.value) \(relation) \(other.mention)\(rule.map { " (\($0))" } ?? "")",
            keyPath: origin.field.keyPath,
            at: origin.field.location,
            related: other.origin?.field.location,
            DiagnosticDetail(.conflict, seen: subject.value)
        )
    }
}
