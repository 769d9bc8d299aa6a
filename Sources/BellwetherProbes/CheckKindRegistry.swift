// SPDX-License-Identifier: Apache-2.0

package import HealthModel
import ProbeConfig

/// The kinds that an agent was built with, by name.
package struct CheckKindRegistry: CustomKinds {
    private let kinds: [String: any CheckKind.Type]

    /// Registers kinds; a name that is not legal, or taken, is a programmer error.
    package init(_ kinds: [any CheckKind.Type]) {
        var known: [String: any CheckKind.Type] = [:]
        for kind in kinds {
            let name = kind.name
            precondition(
                Self.isLegal(name),
                "\"\(name)\" is no name for a kind (a-z, then a-z 0-9 _ -, at most 32 characters)"
            )
            precondition(!Configuration.probeKeys.contains(name), "\"\(name)\" is a key that a probe has already")
            precondition(known[name] == nil, "two kinds are called \"\(name)\"")
            known[name] = kind
        }
        self.kinds = known
    }

    package var names: [String] { kinds.keys.sorted() }

    package func check(of kind: String, settings: CustomSetting) throws(CustomSettingProblem) -> any CustomCheck {
        guard let type = kinds[kind] else { preconditionFailure("no kind is called \"\(kind)\"") }
        do {
            return KindCheck(kind: try type.init(settings: CheckSettings(settings)))
        } catch {
            throw CustomSettingProblem(path: error.path, message: error.message)
        }
    }

    private static func isLegal(_ name: String) -> Bool {
        guard let first = name.utf8.first, (0x61...0x7A).contains(first), name.utf8.count <= 32 else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}

/// A check of an own kind as the agent sees it.
private struct KindCheck: CustomCheck {
    let kind: any CheckKind

    @concurrent func run(target: String, timeLeft: Duration) async -> CustomVerdict {
        let context = CheckContext(probe: target, deadline: .now.advanced(by: timeLeft))
        return switch await kind.check(context) {
        case .healthy(let message): CustomVerdict(verdict: .healthy, message: message)
        case .degraded(let message): CustomVerdict(verdict: .degraded, message: message)
        case .unhealthy(let message): CustomVerdict(verdict: .unhealthy, message: message)
        case .unknown(let message): CustomVerdict(verdict: .unknown, message: message)
        }
    }
}
