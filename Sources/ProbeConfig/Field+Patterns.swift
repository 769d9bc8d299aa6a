// SPDX-License-Identifier: Apache-2.0

import HealthModel
import PatternMatching

extension Field {
    /// A regular expression that compiles and says something.
    func pattern() -> String? {
        guard let text = text("a regular expression", isPattern: true) else { return nil }
        guard !text.isEmpty else {
            error("an empty regular expression matches everything", DiagnosticDetail(.neverHolds))
            return nil
        }
        do {
            _ = try Pattern(text)
            return text
        } catch {
            let place = "at character \(error.offset + 1)"
            self.error("\(VisibleText.quoted(text)) is not a regular expression: \(error.message) \(place)")
            return nil
        }
    }

    /// A host with a port, which is `defaultPort` when none is written; nil = one must be written.
    func hostPort(defaultPort: Int? = nil) -> HostPort? {
        guard let text = filledText(defaultPort == nil ? "host:port" : "host or host:port") else { return nil }
        do {
            return try HostPort(text, defaultPort: defaultPort)
        } catch {
            self.error("\(VisibleText.quoted(text)) is not an address: \(VisibleText.make(error.message))")
            return nil
        }
    }
}
