// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// The time zones that are installed on this machine (Debian: tzdata).
package struct SystemZones: Sendable {
    /// Where they are.
    package static let directory = "/usr/share/zoneinfo"

    private let files: any FileLayer

    /// - Parameter files: where they are read from.
    package init(files: any FileLayer) {
        self.files = files
    }

    /// The rules of a zone, `Europe/Berlin`; nil when there is none of this name, or its file cannot be read.
    ///
    /// A name is words of letters, digits, `_`, `+` and `-` with slashes between, so it leads to no other directory.
    package func zone(named name: String) -> ZoneRules? {
        let words = name.split(separator: "/", omittingEmptySubsequences: false)
        guard name.utf8.count <= 100, words.allSatisfy(Self.isWord) else { return nil }
        guard let file = try? files.read("\(Self.directory)/\(name)", limit: ZoneFile.maximumBytes) else { return nil }
        return ZoneFile.rules(name: name, file.bytes)
    }

    private static func isWord(_ word: Substring) -> Bool {
        !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                case UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }
}
