// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A folder with a configuration file and a probes folder, on the real file system; removed with everything in it at the end.
final class ConfigurationFolder {
    let path: String

    init(settings: String = "") {
        var template = Array("/tmp/bellwether-reload-XXXXXX".utf8CString)
        let made = mkdtemp(&template) != nil
        precondition(made, "no temporary folder: errno \(errno)")
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        write(settings, to: "bellwether.yaml")
        makeFolder("probes.d")
    }

    deinit {
        remove(path)
    }

    /// The path of a name in the folder.
    func callAsFunction(_ name: String) -> String { path + "/" + name }

    func makeFolder(_ name: String) {
        mkdir(self(name), 0o755)
    }

    /// Writes a file in its place.
    func write(_ text: String, to name: String) {
        let file = OpenFile(self(name))
        file.write(text)
        file.close()
    }

    /// Writes a file beside and renames it over.
    func replace(_ name: String, _ text: String) {
        write(text, to: name + ".new")
        rename(name + ".new", name)
    }

    func rename(_ old: String, _ new: String) {
        _ = Glibc.rename(self(old), self(new))
    }

    func link(_ name: String, to target: String) {
        symlink(target, self(name))
    }

    /// Removes a file, a link, or a folder with all that is in it.
    func remove(name: String) {
        remove(self(name))
    }

    private func remove(_ path: String) {
        guard Glibc.remove(path) != 0, let folder = opendir(path) else { return }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { name in
                    name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
            )
        }
        closedir(folder)
        for name in names where name != "." && name != ".." { remove(path + "/" + name) }
        rmdir(path)
    }
}

/// A file that is being written.
final class OpenFile {
    private let descriptor: CInt

    /// Empties the file, or makes it.
    init(_ path: String) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        precondition(descriptor >= 0, "cannot write \(path): errno \(errno)")
    }

    func write(_ text: String) {
        let written = Glibc.write(descriptor, text, text.utf8.count)
        precondition(written == text.utf8.count, "cannot write: errno \(errno)")
    }

    func close() {
        _ = Glibc.close(descriptor)
    }
}
