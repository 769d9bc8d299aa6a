// SPDX-License-Identifier: Apache-2.0

/// How near to the probe a value was written; nearer wins.
enum SettingLayer: Int, Comparable {
    /// `defaults` of bellwether.yaml.
    case main
    /// `defaults` of the probe's own file.
    case file
    /// The probe itself.
    case probe

    static func < (left: SettingLayer, right: SettingLayer) -> Bool { left.rawValue < right.rawValue }
}

/// Where a value was written.
struct SettingOrigin {
    let layer: SettingLayer
    let field: Field
}

/// A value that was written somewhere, with where.
struct Setting<Value> {
    /// The value; nil when it could not be read, which was reported, so that nothing built on it is reported again.
    var value: Value?
    /// Where it was written; nil for a value of a file that could not be read at all.
    var origin: SettingOrigin?

    init(value: Value?, field: Field, layer: SettingLayer) {
        self.value = value
        origin = SettingOrigin(layer: layer, field: field)
    }

    private init() {}

    /// A value that was written for all we know, but in a file that could not be read.
    static var unreadable: Setting { Setting() }
}

extension Optional {
    /// The value in force: the written one, or `builtIn` when nothing is written; nil when the written one is unreadable.
    func effective<Value>(_ builtIn: Value) -> Value? where Wrapped == Setting<Value> {
        switch self {
        case .none: builtIn
        case .some(let setting): setting.value
        }
    }

    /// Puts the written value into `place`, when there is one that could be read.
    func apply<Value>(to place: inout Value) where Wrapped == Setting<Value> {
        if let value = self?.value { place = value }
    }

    /// Puts the written value into `place`, when there is one that could be read.
    func apply<Value>(to place: inout Value?) where Wrapped == Setting<Value> {
        if let value = self?.value { place = value }
    }
}
