// SPDX-License-Identifier: Apache-2.0

/// What libyaml found next.
struct YAMLEvent {
    /// Where it begins.
    let position: SourcePosition
    /// Just behind its last character; `position` for the end of a collection that nothing closes.
    let end: SourcePosition
    /// What it is.
    let kind: Kind
    /// Whether an anchor (`&name`) was written on it.
    var hasAnchor = false
    /// Whether a tag (`!name`) was written on it.
    var hasTag = false

    /// The events that matter here.
    enum Kind {
        /// A document begins; `declaresTags` when a `%TAG` directive precedes it.
        case documentStart(declaresTags: Bool)
        case documentEnd
        case alias
        case scalar(YAMLScalar)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
    }
}
