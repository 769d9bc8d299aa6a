// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The target that the environment names.
private let chosen: FuzzTarget = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget.named(name) else {
        preconditionFailure("FUZZ_TARGET=\(name) is none of \(FuzzTarget.all.map(\.name))")
    }
    return target
}()

/// What libFuzzer calls with every input: it ends the process when a promise is broken, which keeps the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // unsafe: libFuzzer keeps the bytes until the call returns.
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(BrokenPromise) {
        try chosen.check(bytes)
    } catch {
        fatalError("\(chosen.name): \(error)")
    }
    return 0
}
