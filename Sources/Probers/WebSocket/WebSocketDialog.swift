// SPDX-License-Identifier: Apache-2.0

package import HealthModel
import LinuxRuntime
package import PatternMatching

/// Where a conversation stands: what was said, what is waited for.
package struct WebSocketDialog {
    /// What to say, or to wait for, with its expression compiled.
    package enum Step: Sendable {
        case send(WebSocketOpcode, [UInt8])
        case match(Pattern)
        case equal([UInt8])
    }

    /// The most messages that are passed over; a search costs time even when the message is empty.
    static let mostMessages = 1_024

    private var steps: ArraySlice<Step>
    private var passedOver = 0
    private var lastExcerpt: String?

    init(_ steps: [Step]) {
        self.steps = steps[...]
    }

    /// Whether everything was said and heard.
    var isOver: Bool { steps.isEmpty }

    /// Takes the next message to send; nil when something must be waited for first, or nothing is left.
    mutating func takeMessage() -> (WebSocketOpcode, [UInt8])? {
        guard case .send(let opcode, let payload)? = steps.first else { return nil }
        steps.removeFirst()
        return (opcode, payload)
    }

    /// Hears a message.
    ///
    /// - Returns: why the dialog has failed; nil when it goes on or is over.
    mutating func hear(_ bytes: [UInt8], isBinary: Bool) -> Failure? {
        guard let step = steps.first else { return nil }
        let match: PatternMatch =
            switch step {
            case .send: .notMatched
            case .match(let pattern): pattern.matches(in: bytes)
            case .equal(let wanted): isBinary && bytes == wanted ? .matched : .notMatched
            }
        switch match {
        case .matched:
            steps.removeFirst()
            (passedOver, lastExcerpt) = (0, nil)
        case .notMatched:
            passedOver += 1
            lastExcerpt = Excerpt.text(of: bytes)
            guard passedOver < Self.mostMessages else { return unheard }
        case .limitExceeded:
            let message = "searching a message for \(Self.words(for: step)) took too many steps"
            return Failure(.internal, message, evidence: evidence(Excerpt.text(of: bytes)))
        }
        return nil
    }

    /// Why the dialog has failed when its time is up.
    func failure(after allowed: Duration) -> Failure {
        guard passedOver == 0 else { return unheard }
        let wanted = steps.first.map(Self.words) ?? "a message"
        return Failure(.timeout, "no message within \(allowed.readable), expected \(wanted)", evidence: evidence(nil))
    }

    private var unheard: Failure {
        let count = passedOver == 1 ? "1 message" : "\(passedOver) messages"
        let wanted = steps.first.map(Self.words) ?? "a message"
        return Failure(.body, "\(count) passed over, expected \(wanted)", evidence: evidence(lastExcerpt))
    }

    private func evidence(_ excerpt: String?) -> Evidence { Evidence(phase: .transfer, excerpt: excerpt) }

    private static func words(for step: Step) -> String {
        switch step {
        case .send: "a message"
        case .match(let pattern): "a match of \"\(Excerpt.bounded(pattern.text))\""
        case .equal(let bytes): "a binary message of \(bytes.count) given bytes"
        }
    }
}

extension WebSocketDialog.Step {
    /// Compiles a step of the configuration.
    package init(_ step: WebSocketProbe.Step) throws(PatternProblem) {
        self =
            switch step {
            case .send(let text): .send(.text, Array(text.utf8))
            case .sendBinary(let bytes): .send(.binary, bytes)
            case .expect(let pattern): .match(try Pattern(pattern))
            case .expectBinary(let bytes): .equal(bytes)
            }
    }
}

extension WebSocketDialog.Step {
    /// How many bytes it sends.
    var byteCount: Int {
        if case .send(_, let payload) = self { payload.count } else { 0 }
    }
}
