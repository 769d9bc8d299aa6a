// SPDX-License-Identifier: Apache-2.0

extension Field {
    /// The absolute path of a file, which is not opened here; `./name` stands for a file beside the one that says so.
    func absolutePath() -> String? {
        guard var path = filledText("an absolute path") else { return nil }
        if path.hasPrefix("./"), let directory {
            path = (directory == "/" ? "" : directory) + path.dropFirst()
        }
        guard path.hasPrefix("/") else {
            error("\(VisibleText.quoted(path)) is not an absolute path")
            return nil
        }
        guard path.utf8.count < 4_096 else {
            error("the path is longer than 4095 bytes", DiagnosticDetail(.outOfRange))
            return nil
        }
        return path
    }
}
