// SPDX-License-Identifier: Apache-2.0

/// A value that is the same for many, kept by reference, so that one copy can serve all of them.
///
/// To read it costs a look behind the reference, to copy it a reference, to set it an allocation.
@propertyWrapper
package struct Shared<Value: Hashable & Sendable>: Hashable, Sendable {
    private var stored: Stored

    private final class Stored: Sendable {
        let value: Value

        init(_ value: Value) {
            self.value = value
        }
    }

    package init(wrappedValue: Value) {
        stored = Stored(wrappedValue)
    }

    package var wrappedValue: Value {
        get { stored.value }
        set { stored = Stored(newValue) }
    }

    /// Goes over to the copy of `other`, where that is equal.
    mutating func share(_ other: Shared) {
        if self == other { stored = other.stored }
    }

    package static func == (left: Shared, right: Shared) -> Bool {
        left.stored === right.stored || left.stored.value == right.stored.value
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(stored.value)
    }
}
