// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// A hash that is the same in every run, on every machine and in every release.
///
/// FNV-1a over the bytes, then the finalizer of MurmurHash3, because FNV alone leaves the upper bits of names such as `api-1`
/// and `api-2` alike. It spreads work in time; it protects against nothing.
struct StableHash {
    /// 64 well-mixed bits.
    let bits: UInt64

    init(_ name: TargetName) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.text.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        self.init(mixing: hash)
    }

    /// The hash of this hash together with `number`.
    func combined(with number: UInt64) -> StableHash {
        StableHash(mixing: bits &+ (number &* 0x9E37_79B9_7F4A_7C15))
    }

    /// A uniform number in `0 ..< bound`, 0 for a bound of 0 or less.
    func fraction(of bound: Int64) -> Int64 {
        guard bound > 0 else { return 0 }
        return Int64(bits.multipliedFullWidth(by: UInt64(bound)).high)
    }

    private init(mixing bits: UInt64) {
        var mixed = bits
        mixed = (mixed ^ (mixed >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        mixed = (mixed ^ (mixed >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        self.bits = mixed ^ (mixed >> 33)
    }
}
