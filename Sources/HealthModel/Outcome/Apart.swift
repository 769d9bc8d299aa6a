// SPDX-License-Identifier: Apache-2.0

/// A value that is mostly not there, kept by reference.
///
/// Nil takes a word and no memory besides; to copy a value costs a reference, to set one an allocation. What holds several of
/// them is small where it is usual and still complete where it is not.
@propertyWrapper
package struct Apart<Value: Hashable & Sendable>: Hashable, Sendable {
    private var stored: Stored?

    private final class Stored: Sendable {
        let value: Value

        init(_ value: Value) {
            self.value = value
        }
    }

    package init(wrappedValue: Value?) {
        stored = wrappedValue.map { Stored($0) }
    }

    package var wrappedValue: Value? {
        get { stored?.value }
        set { stored = newValue.map { Stored($0) } }
    }

    /// A part of the value, without the rest.
    func part<Part>(_ part: (Value) -> Part) -> Part? {
        stored.map { part($0.value) }
    }

    package static func == (left: Apart, right: Apart) -> Bool {
        left.stored === right.stored || left.stored?.value == right.stored?.value
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(stored?.value)
    }
}
