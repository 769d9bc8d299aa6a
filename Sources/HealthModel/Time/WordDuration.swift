// SPDX-License-Identifier: Apache-2.0

/// A duration that is a whole number of nanoseconds or nil, in one word instead of three.
///
/// Held at 292 years to either side; what the agent's clocks measure is kept exactly.
@propertyWrapper
package struct WordDuration: Hashable, Sendable {
    private static let absent = Int64.min
    private var word: Int64

    package init(wrappedValue: Duration?) {
        word = wrappedValue.map { max($0.inNanoseconds, -.max) } ?? Self.absent
    }

    package var wrappedValue: Duration? {
        get { nanoseconds.map { .nanoseconds($0) } }
        set { self = WordDuration(wrappedValue: newValue) }
    }

    /// The same in nanoseconds.
    package var nanoseconds: Int64? { word == Self.absent ? nil : word }
}
