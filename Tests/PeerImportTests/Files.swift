// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The files of `Fixtures`.
enum Files {
    struct Problem: Error {
        let path: String
        let code: Int32
    }

    private static let root =
        String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex)) + "/Fixtures/"

    static func bytes(_ name: String) throws -> [UInt8] {
        guard let file = fopen(root + name, "r") else { throw Problem(path: name, code: errno) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { return bytes }
            bytes += chunk.prefix(count)
        }
    }

    /// The golden text; with `UPDATE_GOLDEN` in the environment, it is `actual`, which is written first.
    static func golden(_ name: String, actual: String) throws -> String {
        if getenv("UPDATE_GOLDEN") != nil {
            guard let file = fopen(root + name, "w") else { throw Problem(path: name, code: errno) }
            defer { fclose(file) }
            let bytes = Array(actual.utf8)
            guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Problem(path: name, code: errno) }
        }
        return String(decoding: try bytes(name), as: UTF8.self)
    }
}
