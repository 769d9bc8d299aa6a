// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Where the objects lie that a probe of one target uses, so that all of them can be fetched into the processor's caches at once.
///
/// With many targets nothing of one is in the caches when its turn comes, and each object would be waited for in turn, as one leads to
/// the next. Fetched at once, all are waited for together.
///
/// It holds addresses and no objects: one that is gone, or elsewhere, is fetched for nothing, and that is all.
package struct Footprint: Sendable {
    /// The most objects.
    package static let most = 10
    /// Of more, only the beginning is fetched, so that one object does not push out the others.
    package static let mostBytes: UInt = 1_024

    /// The address and, in the bits that no address uses, how many bytes lie there.
    private var spans = InlineArray<10, UInt64>(repeating: 0)
    /// How many were taken in.
    package private(set) var count = 0

    private static let addressBits: UInt64 = 48
    private static let addressMask: UInt64 = 1 << addressBits - 1

    /// No object.
    package init() {}

    /// Takes in an object that was made on the heap; beyond ``most``, none.
    ///
    /// - Parameters:
    ///   - object: the object.
    ///   - bytes: how much of its beginning a probe uses, as far as it is so long; a class has its properties in the order of their
    ///     declarations.
    package mutating func add(_ object: AnyObject, first bytes: UInt = mostBytes) {
        guard count < Self.most else { return }
        // unsafe: the address is looked at by the allocator that gave it, while the object is there, and is never followed afterwards.
        let address = unsafe UInt(bitPattern: Unmanaged.passUnretained(object).toOpaque())
        add(from: address, bytes: min(bytes, clinux_allocated(address)))
    }

    /// Takes in what an array holds, as long as the array is not changed; beyond ``most``, nothing.
    package mutating func add(_ bytes: [UInt8]) {
        guard count < Self.most else { return }
        // unsafe: as above; the array's own size and count lie before its first byte.
        let start = unsafe bytes.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
        add(from: start, bytes: UInt(bytes.count))
    }

    private mutating func add(from address: UInt, bytes: UInt) {
        spans[count] = UInt64(address) & Self.addressMask | UInt64(min(bytes, Self.mostBytes)) << Self.addressBits
        count += 1
    }

    /// Begins to fetch every object, and does not wait.
    package func fetch() {
        for place in 0..<count {
            let span = spans[place]
            clinux_fetch(UInt(span & Self.addressMask), UInt(span >> Self.addressBits))
        }
    }
}
