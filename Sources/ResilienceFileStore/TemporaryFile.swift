// SPDX-License-Identifier: Apache-2.0

/// A new file beside the one that it is to replace.
///
/// It has one of a few fixed names, so that crashes cannot fill the directory, and is locked as long as its writer lives. A file that
/// can be locked by somebody else has no writer any more: it was left by a crash and can go. Only who holds the lock, and has seen
/// that the name still belongs to the locked file, renames or removes it; so nobody ever removes the file of a live writer.
struct TemporaryFile {
    /// The most writers at the same time.
    static let count = 8

    let path: String
    let descriptor: Int32
    private let files: any FileOperations

    /// Makes and locks a file for the replacement of `path`.
    init(for path: String, _ files: any FileOperations) throws(SystemFailure) {
        for number in 0..<Self.count {
            let name = Self.name(number, for: path)
            guard let descriptor = try Self.create(name, files) else { continue }
            do throws(SystemFailure) {
                if try Self.isHeld(descriptor, name, files) {
                    self.path = name
                    self.descriptor = descriptor
                    self.files = files
                    return
                }
                files.close(descriptor)
            } catch {
                files.close(descriptor)
                throw error
            }
        }
        throw .noTemporaryName
    }

    /// Removes what crashed writers have left; what cannot be removed is left for the next time.
    static func removeLeftovers(of path: String, _ files: any FileOperations) {
        for number in 0..<count {
            _ = removeLeftover(name(number, for: path), files)
        }
    }

    /// Writes all of `bytes`, and waits until they have reached the disk.
    func fill(_ bytes: [UInt8]) throws(SystemFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            rest = rest.dropFirst(try files.write(descriptor, rest))
        }
        try files.flush(descriptor)
    }

    /// Removes the file again; before its descriptor is closed, because the lock protects the name.
    func remove() {
        do {
            try files.remove(path)
        } catch {
            // It is a leftover then, which the next writer removes.
        }
    }

    private static func name(_ number: Int, for path: String) -> String {
        "\(path).\(number).tmp"
    }

    /// Creates the file, where need be in place of a leftover; nil when a live writer has the name.
    private static func create(_ name: String, _ files: any FileOperations) throws(SystemFailure) -> Int32? {
        for _ in 0..<2 {
            do throws(SystemFailure) {
                return try files.open(name, .creating)
            } catch {
                guard error.isNameTaken else { throw error }
                guard removeLeftover(name, files) else { return nil }
            }
        }
        return nil
    }

    /// Removes the file of this name when its writer is dead; answers with whether the name is free now.
    private static func removeLeftover(_ name: String, _ files: any FileOperations) -> Bool {
        do throws(SystemFailure) {
            let descriptor = try files.open(name, .reading)
            defer { files.close(descriptor) }
            guard try files.lock(descriptor) == .locked, try isSame(descriptor, name, files) else { return false }
            try files.remove(name)
            return true
        } catch {
            return error.isMissing
        }
    }

    /// Locks a new file; false when somebody took it for a leftover between its creation and this lock.
    private static func isHeld(
        _ descriptor: Int32,
        _ name: String,
        _ files: any FileOperations
    ) throws(SystemFailure) -> Bool {
        guard try files.lock(descriptor) != .taken else { return false }
        return try isSame(descriptor, name, files)
    }

    private static func isSame(
        _ descriptor: Int32,
        _ name: String,
        _ files: any FileOperations
    ) throws(SystemFailure) -> Bool {
        do throws(SystemFailure) {
            return try files.status(at: name).identity == files.status(of: descriptor).identity
        } catch {
            guard error.isMissing else { throw error }
            return false
        }
    }
}
