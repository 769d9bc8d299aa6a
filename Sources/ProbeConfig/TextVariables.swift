// SPDX-License-Identifier: Apache-2.0

/// What `${hostname}` and `${env:NAME}` stand for in the texts of a configuration.
package struct TextVariables: Sendable {
    /// The name of this machine.
    package var hostname: String
    /// The value of an environment variable; nil when it is not set.
    package var environment: @Sendable (String) -> String?

    package init(hostname: String, environment: @escaping @Sendable (String) -> String?) {
        self.hostname = hostname
        self.environment = environment
    }

    /// A machine without name and environment: `localhost`, and no variable is set.
    package static let none = TextVariables(hostname: "localhost") { _ in nil }
}

/// What `${…}` stands for at one place of the configuration.
struct VariableScope {
    let values: TextVariables
    /// Where `${probe}` may stand, and for what.
    let place: Place

    enum Place {
        /// In bellwether.yaml, where no probe is.
        case agent
        /// In `defaults`, which hold for many probes; notes that one of their texts names the probe.
        case defaults(ProbeNameUse)
        /// In the probe of that name.
        case probe(String)
    }

    /// Whether a text of some `defaults` names the probe, so that they have to be read for each.
    final class ProbeNameUse {
        fileprivate(set) var isNamed = false
    }

    init(_ values: TextVariables, place: Place = .agent) {
        self.values = values
        self.place = place
    }

    /// The same within a probe.
    func inProbe(_ name: String) -> VariableScope { VariableScope(values, place: .probe(name)) }

    /// Why a variable stands for nothing.
    struct Problem: Error {
        let message: String
        var hint: String?
    }

    /// The text that `${name}` stands for.
    func value(of name: String) throws(Problem) -> String {
        switch name {
        case "hostname": return values.hostname
        case "probe":
            switch place {
            case .probe(let name): return name
            case .defaults(let use):
                use.isNamed = true
                return "probe"
            case .agent: throw Problem(message: "${probe} stands for something only in probes and defaults")
            }
        default: break
        }
        guard name.hasPrefix("env:") else {
            let near = Suggestion.nearest(to: name, in: ["hostname", "probe", "env:"])
            let hint =
                near.map { "did you mean ${\($0 == "env:" ? "env:NAME" : $0)}?" }
                ?? "there are ${hostname}, ${probe} and ${env:NAME}; ${ itself is written $${"
            throw Problem(message: "nothing is called ${\(VisibleText.make(name.prefix(40)))}", hint: hint)
        }
        let variable = String(name.dropFirst(4))
        if let complaint = VariableName.complaint(about: variable) {
            throw Problem(message: "\(VisibleText.quoted(variable)) \(complaint)")
        }
        guard let value = values.environment(variable) else {
            throw Problem(message: "the environment variable \(VisibleText.make(variable)) is not set")
        }
        return value
    }
}
