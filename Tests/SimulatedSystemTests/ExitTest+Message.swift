// SPDX-License-Identifier: Apache-2.0

import Testing

extension ExitTest.Result? {
    /// Whether the process that ended wrote `text` to its standard error.
    func said(_ text: String) -> Bool {
        guard let self else { return false }
        return String(decoding: self.standardErrorContent, as: UTF8.self).contains(text)
    }
}
