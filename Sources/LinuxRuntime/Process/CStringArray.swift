// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Strings as `execve` wants them: an array of pointers that ends with a null pointer.
///
/// Safe but for `pointer`, which is valid as long as the object lives.
@safe final class CStringArray {
    /// To be used while the object lives.
    @unsafe let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        unsafe pointer = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() {
            // unsafe: the index is below the capacity; the copy is freed below.
            unsafe (pointer + index).initialize(to: strdup(string))
        }
        // unsafe: the last of `count + 1` places.
        unsafe (pointer + count).initialize(to: nil)
    }

    deinit {
        // unsafe: each copy is freed once, then the array that held them.
        for index in 0..<count { unsafe free(pointer[index]) }
        unsafe pointer.deinitialize(count: count + 1)
        unsafe pointer.deallocate()
    }
}
