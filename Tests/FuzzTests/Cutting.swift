// SPDX-License-Identifier: Apache-2.0

/// The ways in which the network may cut bytes into pieces; what is read must not depend on it.
struct Cutting: Sendable {
    /// What a message calls it.
    let name: String
    private let size: @Sendable (inout UInt64) -> Int

    /// All in one piece, byte by byte, and in pieces of many sizes that the bytes themselves decide.
    static let all: [Cutting] = [
        Cutting(name: "whole") { _ in Int.max },
        Cutting(name: "byte by byte") { _ in 1 },
        Cutting(name: "in short pieces") { 1 + Int(next(&$0) % 7) },
        Cutting(name: "in pieces") { 1 << (next(&$0) % 14) },
    ]

    /// The pieces of `bytes`, none of them empty.
    func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        // FNV-1a, so that any change of the bytes cuts them elsewhere.
        var state = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(size(&state))
            pieces.append(piece)
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }

    /// SplitMix64.
    private static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var number = state
        number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
        return number ^ (number >> 31)
    }

    /// Demands that `read` makes the same of the bytes however they are cut.
    ///
    /// - Returns: what it makes of them.
    static func demandSame<Reading: Equatable>(
        of bytes: [UInt8],
        _ read: ([ArraySlice<UInt8>]) throws(BrokenPromise) -> Reading
    ) throws(BrokenPromise) -> Reading {
        let whole = try read(all[0].pieces(of: bytes))
        for cutting in all.dropFirst() {
            let cut = try read(cutting.pieces(of: bytes))
            try demand(cut == whole, "\(cutting.name): \(cut)\n\(all[0].name): \(whole)")
        }
        return whole
    }
}
