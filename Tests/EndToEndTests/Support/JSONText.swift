// SPDX-License-Identifier: Apache-2.0

/// Finds a member's value in a JSON text by its name alone; enough for tests, and independent of the code under test.
enum JSONText {
    /// The raw text of the first value called `name`, without the quotes of a string; nil when there is none.
    static func value(_ name: String, in json: String) -> String? {
        guard let start = json.range(of: "\"\(name)\":") else { return nil }
        let rest = json[start.upperBound...].drop { $0 == " " }
        if rest.first == "\"" {
            return String(rest.dropFirst().prefix { $0 != "\"" })
        }
        return String(rest.prefix { !",}]\n ".contains($0) })
    }
}
