// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@Suite("SecretReader")
struct SecretReaderTests {
    @Test("a secret is read from where it is kept, without the line end that closes it")
    func reads() throws {
        let folder = try TemporaryFolder()
        try folder.write("unix", "word\n".utf8)
        try folder.write("windows", "word\r\n".utf8)
        try folder.write("lines", "two\nlines\n\n".utf8)
        let root = folder.path
        let reader = SecretReader(files: SystemFiles()) { name in
            ["TOKEN": "from the environment", "CREDENTIALS_DIRECTORY": root][name]
        }
        #expect(try reader.text(of: .text("as written\n")) == "as written\n")
        #expect(try reader.text(of: .environment("TOKEN")) == "from the environment")
        #expect(try reader.text(of: .file("\(root)/unix")) == "word")
        #expect(try reader.text(of: .file("\(root)/windows")) == "word")
        #expect(try reader.text(of: .credential("lines")) == "two\nlines\n")
    }

    @Test("a secret that cannot be had is told by its reference, never by its content")
    func problems() throws {
        let folder = try TemporaryFolder()
        let root = folder.path
        try folder.write("empty", "\n".utf8)
        try folder.write("long", String(repeating: "x", count: SecretReader.maximumBytes + 1).utf8)
        try folder.write("latin", [0x68, 0xFF])
        let reader = SecretReader(files: SystemFiles()) { $0 == "EMPTY" ? "" : nil }
        func problem(_ secret: Secret) -> String? {
            do throws(SecretProblem) {
                _ = try reader.text(of: secret)
                return nil
            } catch {
                return error.message
            }
        }
        #expect(problem(.environment("NONE")) == "environment variable NONE is not set")
        #expect(problem(.environment("EMPTY")) == "environment variable EMPTY is empty")
        #expect(problem(.file("\(root)/no")) == "file \(root)/no cannot be read: No such file or directory")
        #expect(problem(.file(root)) == "file \(root) cannot be read: is a directory, not a regular file")
        #expect(problem(.file("\(root)/empty")) == "file \(root)/empty is empty")
        #expect(problem(.file("\(root)/long")) == "file \(root)/long cannot be read: larger than 65536")
        #expect(problem(.file("\(root)/latin")) == "file \(root)/latin is not UTF-8")
        #expect(problem(.credential("db")) == "credential db cannot be had: CREDENTIALS_DIRECTORY is not set")
    }

    @Test("a file is read again when it was replaced, and not before")
    func rotation() throws {
        let folder = try TemporaryFolder()
        try folder.write("secret", "first".utf8)
        let path = "\(folder.path)/secret"
        var file = CachedFile(path: path, limit: 100)
        #expect(try file.contents(through: SystemFiles()).isFresh)
        #expect(try !file.contents(through: SystemFiles()).isFresh)
        let reader = SecretReader(files: SystemFiles())
        #expect(try reader.text(of: .file(path)) == "first")
        try folder.write("secret", "the second".utf8)
        #expect(try reader.text(of: .file(path)) == "the second")
        let second = try file.contents(through: SystemFiles())
        #expect(second.isFresh && second.bytes == Array("the second".utf8))
    }
}
