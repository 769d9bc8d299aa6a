// SPDX-License-Identifier: Apache-2.0

/// What kind of mistake a diagnostic is about, and its parts for programs.
package struct DiagnosticDetail: Hashable, Sendable {
    /// The kind of mistake; stable from version to version.
    package enum Code: String, CaseIterable, Hashable, Sendable {
        /// A file or folder cannot be read.
        case unreadableFile = "unreadable-file"
        /// No YAML, or more of YAML than is taken.
        case syntax
        /// A key that the contract does not know at its place.
        case unknownKey = "unknown-key"
        /// A key that belongs somewhere else.
        case misplacedKey = "misplaced-key"
        /// A key that must be there is not.
        case missingKey = "missing-key"
        /// The same key, name or address twice.
        case duplicate
        /// A free name that is not legal: of a probe, a group, a header, a variable.
        case invalidName = "invalid-name"
        /// A list where a mapping is expected, and the like.
        case wrongShape = "wrong-shape"
        /// Nothing where something is expected.
        case missingValue = "missing-value"
        /// A value that cannot be read as what it should be.
        case invalidValue = "invalid-value"
        /// A value beyond its range.
        case outOfRange = "out-of-range"
        /// More items than are taken.
        case tooMany = "too-many"
        /// `${…}` that stands for nothing.
        case unknownVariable = "unknown-variable"
        /// A probe or group that does not exist.
        case unknownReference = "unknown-reference"
        /// Probes that depend on each other in a circle.
        case dependencyCircle = "dependency-circle"
        /// Two values that exclude each other.
        case conflict
        /// A value that changes nothing.
        case noEffect = "no-effect"
        /// A rule that can never hold, or always does.
        case neverHolds = "never-holds"
        /// A value that is legal and probably not meant.
        case suspicious
        /// A probe of the agent's own status.
        case selfProbe = "self-probe"
        /// A change is found later than who asks expects.
        case slowDetection = "slow-detection"
        /// A program that somebody else could replace, or that cannot be run.
        case unsafeScript = "unsafe-script"
        /// A file that a probe or listener needs cannot be read now.
        case missingFile = "missing-file"
        /// A secret cannot be had now.
        case missingSecret = "missing-secret"
        /// A password or token that stands in the configuration itself.
        case plainSecret = "plain-secret"
        /// Something that should not cross the network in clear text.
        case clearText = "clear-text"
        /// Nothing is probed.
        case noProbes = "no-probes"
        /// How many diagnostics are not shown.
        case more
    }

    package var code: Code
    /// What is written, visible and cut, as in the message; nil where it says nothing.
    package var seen: String?
    /// What may be written; nil where the message alone says it.
    package var allowed: String?
    /// What to do; nil where that is open.
    package var hint: String?

    package init(_ code: Code = .invalidValue, seen: String? = nil, allowed: String? = nil, hint: String? = nil) {
        self.code = code
        self.seen = seen
        self.allowed = allowed
        self.hint = hint
    }
}
