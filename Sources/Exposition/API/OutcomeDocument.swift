// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// One outcome as an object of its own: what `bellwether probe --format json` prints.
package struct OutcomeDocument {
    /// UTF-8, ended by a line feed.
    package let bytes: [UInt8]

    /// - Parameters:
    ///   - target: the probe's name.
    ///   - kind: `http`, `tcp` or `script`.
    ///   - outcome: what came of it.
    ///   - time: when it came.
    package init(target: String, kind: String, outcome: Outcome, at time: WallTime) {
        let head = JSONValue.list(["target": .string(target), "kind": .string(kind)])
        bytes = JSONValue.object(head + outcome.jsonMembers(at: time)).serialized()
    }
}
