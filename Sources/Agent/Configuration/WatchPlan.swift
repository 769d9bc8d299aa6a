// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime

/// Which directories to listen to, and for which names, so that no way of changing a configuration goes unheard.
///
/// A file is changed by writing to it, by a rename over it, by another target of a symbolic link on the way to it (Kubernetes swaps
/// `..data`), and by a directory on the way that comes, goes or is replaced. So every directory on the way is listened to for the
/// one name that matters in it, through all links; where the way ends early, its end is where the rest will appear.
struct WatchPlan: Hashable {
    /// The most directories; more are looked at from time to time instead.
    static let maximumDirectories = 1_024
    /// The most symbolic links on one way, as in the kernel (path_resolution(7)).
    private static let maximumLinks = 40

    /// By absolute path, free of symbolic links.
    private(set) var directories: [String: NameSelection] = [:]
    /// Those where files lie or will appear: without them a change is not heard of.
    ///
    /// The others only lead there.
    private(set) var essential: Set<String> = []

    /// Follows the way to everything of interest.
    ///
    /// - Complexity: one system call for each part of each way, and for each probe file.
    init(_ interest: ConfigurationInterest, files: any FileLayer) {
        let here = (try? files.canonicalPath(of: ".")) ?? "/"
        follow(interest.mainFile, from: here, files)
        for path in interest.others.sorted() { follow(path, from: here, files) }
        guard let folder = follow(interest.probesFolder, from: here, files),
            let names = try? files.entries(of: folder, limit: ConfigurationReader.maximumEntries)
        else { return }
        directories[folder, default: NameSelection()].suffixes = ConfigurationInterest.probeFileSuffixes
        essential.insert(folder)
        for name in names where ConfigurationInterest.isProbeFile(name) {
            let path = folder == "/" ? "/" + name : folder + "/" + name
            // Most are plain files, whose directory is in already.
            guard let link = try? files.linkTarget(of: path), !link.isEmpty else { continue }
            follow(path, from: here, files)
        }
    }

    /// Whether it is too much to listen to.
    var isTooLarge: Bool { directories.count > Self.maximumDirectories }

    /// Notes every directory on the way to `path`.
    ///
    /// - Returns: where it leads, free of symbolic links; nil when it leads nowhere yet.
    @discardableResult
    private mutating func follow(_ path: String, from here: String, _ files: any FileLayer) -> String? {
        let absolute = path.hasPrefix("/") ? path : here + "/" + path
        var rest = Self.parts(of: absolute)
        // Empty stands for the root.
        var place = ""
        var last: String?
        defer { if let last { essential.insert(last) } }
        var links = 0
        while let name = rest.popLast() {
            if name == ".." {
                place = place.lastIndex(of: "/").map { String(place[..<$0]) } ?? ""
                continue
            }
            let directory = place.isEmpty ? "/" : place
            directories[directory, default: NameSelection()].names.insert(name)
            last = directory
            let full = place + "/" + name
            let target: String?
            do throws(FileError) { target = try files.linkTarget(of: full) } catch { return nil }
            guard let target else {
                place = full
                continue
            }
            links += 1
            guard links <= Self.maximumLinks else { return nil }
            if target.hasPrefix("/") { place = "" }
            rest += Self.parts(of: target)
        }
        return place.isEmpty ? "/" : place
    }

    /// The names on a way, the last first.
    private static func parts(of path: String) -> [String] {
        path.split(separator: "/").map(String.init).filter { $0 != "." }.reversed()
    }
}
