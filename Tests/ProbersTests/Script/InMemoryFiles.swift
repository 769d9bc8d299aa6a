// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// A file system of a few files in memory, and of the directories they lie in.
struct InMemoryFiles: FileLayer {
    /// A file or directory: who owns it and who may do what.
    struct Node {
        var kind = FileMetadata.Kind.regular
        var owner: UInt32 = 0
        var permissions: UInt32 = 0o755
        var bytes: [UInt8] = []
        var link: String?
    }

    private(set) var nodes: [String: Node] = ["/": Node(kind: .directory)]

    /// Adds files by their path; the directories above them belong to root and are writable by nobody else.
    init(_ files: [String: Node]) {
        for (path, node) in files {
            let names = path.split(separator: "/")
            for count in 1..<max(1, names.count) {
                let directory = "/" + names.prefix(count).joined(separator: "/")
                if nodes[directory] == nil { nodes[directory] = Node(kind: .directory) }
            }
            nodes[path] = node
        }
    }

    func entries(of directory: String, limit: Int) throws(FileError) -> [String] {
        let prefix = directory == "/" ? "/" : directory + "/"
        let names = nodes.keys.filter { $0.hasPrefix(prefix) && $0 != "/" }.map { $0.dropFirst(prefix.count) }
        return names.filter { !$0.contains("/") }.map(String.init).sorted()
    }

    func read(_ path: String, limit: Int) throws(FileError) -> FileContents {
        let metadata = try metadata(of: path)
        guard metadata.kind == .regular else { throw FileError(path: path, cause: .notRegular(metadata.kind)) }
        let bytes = try node(path).bytes
        guard bytes.count <= limit else { throw FileError(path: path, cause: .tooLarge(limit: limit)) }
        return FileContents(bytes: bytes, metadata: metadata)
    }

    func metadata(of path: String) throws(FileError) -> FileMetadata {
        let node = try node(try canonicalPath(of: path))
        return FileMetadata(
            kind: node.kind,
            permissions: node.permissions,
            owner: node.owner,
            group: 0,
            size: Int64(node.bytes.count),
            identity: FileMetadata.Identity(device: 1, inode: 1),
            modifiedAt: WallTime(nanosecondsSinceEpoch: 0)
        )
    }

    func linkTarget(of path: String) throws(FileError) -> String? {
        try node(path).link
    }

    func canonicalPath(of path: String) throws(FileError) -> String {
        let node = try node(path)
        guard let link = node.link else { return path }
        return try canonicalPath(of: link)
    }

    private func node(_ path: String) throws(FileError) -> Node {
        guard let node = nodes[path] else {
            throw FileError(path: path, cause: .system(SystemError(code: 2, text: "No such file or directory")))
        }
        return node
    }
}
