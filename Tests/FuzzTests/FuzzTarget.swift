// SPDX-License-Identifier: Apache-2.0

/// A reader of bytes that others send, and what must hold of it whatever they are.
///
/// The same checks are run in two ways: by libFuzzer, which looks for bytes that break them (`make fuzz`), and over the bytes
/// that it has found before, by an ordinary test.
struct FuzzTarget: Sendable {
    /// What the target, its folder of the corpus and its dictionary are called.
    let name: String
    /// Reads the bytes in every way that there is, and says what did not hold.
    let check: @Sendable ([UInt8]) throws(BrokenPromise) -> Void

    /// Every target.
    static let all: [FuzzTarget] = [http1, longHTTP1, upgrade, websocket, grpc, dns, json, yaml, plugin]

    /// The target of this name.
    static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Something that must hold, and did not.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String
}

/// Throws what should have been, unless it is.
func demand(_ holds: Bool, _ what: @autoclosure () -> String) throws(BrokenPromise) {
    guard holds else { throw BrokenPromise(description: what()) }
}
