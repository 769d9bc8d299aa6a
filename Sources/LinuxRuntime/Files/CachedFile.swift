// SPDX-License-Identifier: Apache-2.0

/// The content of one small file, read again only when the file has changed.
package struct CachedFile {
    package let path: String
    private let limit: Int
    private var known: FileContents?

    /// Nothing is read yet.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - limit: most bytes that are read.
    package init(path: String, limit: Int) {
        self.path = path
        self.limit = limit
    }

    /// The file's content as it is now.
    ///
    /// - Returns: the bytes, and whether they were read anew.
    /// - Throws: why the file cannot be read; what was read before is then forgotten.
    package mutating func contents(through files: any FileLayer) throws(FileError) -> (bytes: [UInt8], isFresh: Bool) {
        do throws(FileError) {
            if let known, try files.metadata(of: path) == known.metadata { return (known.bytes, false) }
            let fresh = try files.read(path, limit: limit)
            known = fresh
            return (fresh.bytes, true)
        } catch {
            known = nil
            throw error
        }
    }
}
