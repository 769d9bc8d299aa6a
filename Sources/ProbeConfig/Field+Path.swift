// SPDX-License-Identifier: Apache-2.0

extension Field {
    /// The absolute path of a file, which is not opened here.
    func absolutePath() -> String? {
        guard let path = filledText("an absolute path") else { return nil }
        guard path.hasPrefix("/") else {
            error("\(VisibleText.quoted(path)) is not an absolute path")
            return nil
        }
        guard path.utf8.count < 4_096 else {
            error("the path is longer than 4095 bytes")
            return nil
        }
        return path
    }
}
