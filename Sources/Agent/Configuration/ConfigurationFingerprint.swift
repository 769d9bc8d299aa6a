// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// Which files a configuration consists of and which versions of them are there, by their metadata alone.
struct ConfigurationFingerprint: Hashable {
    private enum Seen: Hashable {
        case there(FileMetadata)
        case failure(FileError.Cause)
    }

    private var seen: [String: Seen] = [:]
    /// The probe files among them.
    private(set) var probeFiles: Set<String> = []

    /// Looks at every file, symbolic links followed.
    ///
    /// - Complexity: one system call for each file.
    init(_ interest: ConfigurationInterest, files: any FileLayer) {
        look(at: interest.mainFile, files)
        for path in interest.others { look(at: path, files) }
        do throws(FileError) {
            let names = try files.entries(of: interest.probesFolder, limit: ConfigurationReader.maximumEntries)
            for name in names where ConfigurationInterest.isProbeFile(name) {
                let path = interest.probesFolder + "/" + name
                probeFiles.insert(path)
                look(at: path, files)
            }
        } catch {
            seen[interest.probesFolder] = .failure(error.cause)
        }
    }

    /// When the newest of the files changed; nil when there is none.
    var newestChange: WallTime? {
        seen.values.compactMap { seen in
            guard case .there(let metadata) = seen else { return nil }
            return metadata.changedAt
        }.max()
    }

    /// Whether both saw the same, as far as both looked.
    func agrees(with other: ConfigurationFingerprint) -> Bool {
        probeFiles == other.probeFiles
            && seen.allSatisfy { path, seen in other.seen[path].map { $0 == seen } ?? true }
    }

    private mutating func look(at path: String, _ files: any FileLayer) {
        do throws(FileError) {
            seen[path] = .there(try files.metadata(of: path))
        } catch {
            seen[path] = .failure(error.cause)
        }
    }
}
