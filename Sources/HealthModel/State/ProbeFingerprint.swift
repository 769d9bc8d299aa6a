// SPDX-License-Identifier: Apache-2.0

/// Tells across restarts whether a target is still probed in the same way.
///
/// Two equal probes have the same fingerprint, in every process. It is FNV-1a over the names and values of everything that the
/// probe holds. What is absent, false or empty is left out, so that a later version of the agent, which knows more keys, finds
/// the same fingerprint where they are not used. No secret goes into it, and it is folded to 32 bits: too few to confirm a guess
/// at what is hidden elsewhere in a definition.
package struct ProbeFingerprint: Hashable, Sendable {
    package let value: UInt32

    package init(value: UInt32) {
        self.value = value
    }

    /// The fingerprint of `probe`; a tenth of a millisecond, so nothing for the probe loop to do for many targets.
    package init(_ probe: Probe) {
        var digest = Digest()
        if case .custom(let custom) = probe {
            // What an organisation's own check holds is its own affair; it follows from its settings.
            digest.add("custom \(custom.kind)")
            digest.add(value: custom.settings, label: "settings")
        } else {
            digest.add(value: probe, label: "probe")
        }
        value = UInt32(truncatingIfNeeded: digest.value ^ digest.value >> 32)
    }
}

/// FNV-1a (64 bit) over what reflection shows of a value.
private struct Digest {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ text: some StringProtocol) {
        for byte in text.utf8 { add(byte) }
        // No byte of UTF-8, so texts that follow one another do not run together.
        add(0xFF)
    }

    private mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    mutating func add(value: Any, label: String) {
        // The most frequent ones first: reflection is slow.
        switch value {
        case let text as String:
            if !text.isEmpty { add(label, text) }
            return
        case let truth as Bool:
            if truth { add(label, "true") }
            return
        case let number as Int:
            add(label, String(number))
            return
        case is Secret:
            add(label)
            return
        default: break
        }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional:
            if let some = mirror.children.first { add(value: some.value, label: label) }
        case .dictionary, .set:
            addUnordered(mirror, label: label)
        case .enum where mirror.children.isEmpty:
            add(label, String(describing: value))
        case nil where mirror.children.isEmpty:
            add(label, String(describing: value))
        default:
            guard !mirror.children.isEmpty else { return }
            add(label)
            add("(")
            for child in mirror.children { add(value: child.value, label: child.label ?? "") }
            add(")")
        }
    }

    /// A dictionary's order differs from process to process, so its parts are added in the order of their own digests.
    private mutating func addUnordered(_ mirror: Mirror, label: String) {
        guard !mirror.children.isEmpty else { return }
        let parts = mirror.children.map { child in
            var digest = Digest()
            digest.add(value: child.value, label: "")
            return digest.value
        }
        add(label)
        for part in parts.sorted() { add(String(part)) }
    }

    private mutating func add(_ label: String, _ text: String) {
        add(label)
        add(text)
    }
}
