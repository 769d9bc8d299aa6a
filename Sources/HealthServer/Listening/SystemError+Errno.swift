// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel

extension SystemError {
    /// What the last failed call of this thread left in `errno`.
    static var last: SystemError { SystemError(errno: errno) }

    /// The error with the system's English text.
    init(errno code: Int32) {
        // Safe from every thread in glibc since 2.32; the text is copied at once.
        let text = unsafe strerror(code).map { unsafe String(cString: $0) }
        self.init(code: code, text: text ?? "error \(code)")
    }
}
