// SPDX-License-Identifier: Apache-2.0

/// Processes of this machine that must run.
package struct ProcessProbe: Hashable, Sendable {
    /// Which processes count.
    package var selector: ProcessSelector
    /// Fewest of them, at least 0; always 1 for a file and a unit.
    package var minimum: Int
    /// Most of them; nil = any number.
    package var maximum: Int?

    package init(selector: ProcessSelector, minimum: Int = 1, maximum: Int? = nil) {
        self.selector = selector
        self.minimum = minimum
        self.maximum = maximum
    }
}

/// Which processes count.
package enum ProcessSelector: Hashable, Sendable, CustomStringConvertible {
    /// Those with this name: a program's name, or with a slash its whole path.
    case name(String)
    /// The one whose number is in this file.
    case numberFile(String)
    /// Those of this systemd unit, by the unit's full name.
    case unit(String)

    /// What is looked for: the name, the file or the unit.
    package var subject: String {
        switch self {
        case .name(let text), .numberFile(let text), .unit(let text): text
        }
    }

    /// In words: `process nginx`, `the process of /run/nginx.pid`, `unit nginx.service`.
    package var description: String {
        switch self {
        case .name(let name): "process \(name)"
        case .numberFile(let path): "the process of \(path)"
        case .unit(let unit): "unit \(unit)"
        }
    }
}
