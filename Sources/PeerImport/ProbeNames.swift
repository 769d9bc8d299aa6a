// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Makes names legal and keeps them apart.
struct ProbeNames {
    private var taken: Set<String> = []
    /// The next number for each name that was wanted twice.
    private var next: [String: Int] = [:]

    /// `wanted` as a legal name that is not taken yet.
    mutating func legal(_ wanted: String) -> String {
        var name = ""
        for byte in wanted.lowercased().utf8 {
            let isLegal = (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || "._-".utf8.contains(byte)
            if isLegal {
                name.unicodeScalars.append(Unicode.Scalar(byte))
            } else if !name.hasSuffix("-"), !name.isEmpty {
                name += "-"
            }
        }
        while name.hasSuffix("-") { name.removeLast() }
        let whole = String(name.prefix(TargetName.maximumLength))
        let base = whole.isEmpty ? "probe" : whole
        guard taken.contains(base) else { return base }
        var number = next[base] ?? 2
        while true {
            let suffix = "-\(number)"
            let name = String(base.prefix(TargetName.maximumLength - suffix.count)) + suffix
            number += 1
            next[base] = number
            if !taken.contains(name) { return name }
        }
    }

    /// Takes `name`.
    mutating func use(_ name: String) { taken.insert(name) }
}
