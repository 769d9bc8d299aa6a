// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import PatternMatching

/// One run through a dialog: takes what arrives, and says what is to be done.
///
/// An expression is searched in what has arrived since the last match ended. `^` stands there, and, when that is within a line,
/// at the beginning of the next line, too; so the rest of an answer's line never stands in the way of the next answer. An
/// expression that can only match there has failed as soon as a whole line is there that does not match; every other may still
/// find its line. A match with groups at the end of what has arrived waits for more where that may change it: the capture may
/// be longer.
struct Dialog {
    /// What is to be done next.
    enum Action {
        case send([UInt8])
        /// Nothing, until more has arrived.
        case wait
        case passed
        case failed(Failure, Layer)
    }

    /// Most bytes that an `expect` searches: 64 KiB.
    static let mostBytes = 65_536
    /// Most bytes that one step passes to searches, all together: 64 MiB.
    ///
    /// A peer that sends byte by byte has everything searched again with each.
    static let mostSearched = 67_108_864
    /// The longest capture that can be referred to: 1 KiB.
    static let longestCapture = 1_024

    private let script: DialogScript
    private var next = 0
    private var captures: [[UInt8]] = []
    /// What has arrived since the last match ended.
    private var input: [UInt8] = []
    /// How many bytes the searches of this step had before them, all together.
    private var searched = 0
    /// Whether the last match ended within a line.
    private var isWithinLine = false
    /// The expression of the step under way, once its captures are in place.
    private var filled: Pattern?

    init(_ script: DialogScript) {
        self.script = script
    }

    /// The number of the step under way, from 1; the last one's when all were taken.
    var step: Int { min(next + 1, script.steps.count) }

    /// Whether all steps were taken.
    var isOver: Bool { next == script.steps.count }

    /// Whether the last step sends, so that nothing shows that it was heard.
    var endsWithSend: Bool {
        if case .send = script.steps.last { true } else { false }
    }

    /// Whether a whole line has arrived that no step has matched.
    var hasUnmatchedLine: Bool { answer.contains(newline) }

    /// What has arrived and was not matched, without the rest of a matched line, for people.
    var excerpt: String? { Excerpt.text(of: Array(answer)) }

    /// Takes what has arrived.
    mutating func receive(_ bytes: [UInt8]) {
        input += bytes
    }

    /// The next thing to do.
    ///
    /// - Parameter isFinal: whether nothing more will arrive, so that a match need not wait.
    /// - Returns: what to do; `wait` also when `isFinal` and nothing matches.
    mutating func advance(isFinal: Bool = false) -> Action {
        guard next < script.steps.count else { return .passed }
        switch script.steps[next] {
        case .send(let text):
            next += 1
            return .send(text.bytes(with: captures))
        case .expect(let pattern):
            return look(for: pattern, isFinal: isFinal)
        case .expectFilled(let text):
            if filled == nil { filled = try? Pattern(text.pattern(with: captures)) }
            guard let filled else {
                return fail(.tooLarge, "the expression is longer than \(Pattern.maximumLength) bytes with its captures")
            }
            return look(for: filled, isFinal: isFinal)
        }
    }

    private let newline = UInt8(ascii: "\n")

    /// What has arrived since the last match, less the rest of the line in which that ended.
    private var answer: ArraySlice<UInt8> {
        guard isWithinLine, !input.isEmpty else { return input[...] }
        guard let end = input.firstIndex(of: newline) else { return [] }
        return input[(end + 1)...]
    }

    private mutating func look(for pattern: Pattern, isFinal: Bool) -> Action {
        searched += input.count
        guard searched <= Self.mostSearched else {
            return fail(.tooLarge, "too many small pieces without a match of \(Self.shown(pattern))")
        }
        var start = 0
        var found = pattern.find(in: input)
        if case .found = found {
        } else if isWithinLine, pattern.isAnchored, answer.startIndex > 0 {
            start = answer.startIndex
            let atLine = pattern.find(in: Array(answer))
            // As long as the beginning of the rest may still match, neither is decided.
            if case .found = atLine { found = atLine } else if found == .notFound { found = atLine }
        }
        switch found {
        case .found(let place):
            let range = place.range.lowerBound + start..<place.range.upperBound + start
            if !isFinal, pattern.captureCount > 0, range.upperBound == input.count, input.last != newline,
                pattern.dependsOnMore(after: Array(input[start...]))
            {
                return waitUnlessTooLong(pattern)
            }
            return take(place, in: range, offset: start, of: pattern, isFinal: isFinal)
        case .notFound where pattern.isAnchored && hasUnmatchedLine:
            return fail(.body, "the answer does not match \(Self.shown(pattern))", .l7Status)
        case .notFound, .undecided:
            return waitUnlessTooLong(pattern)
        case .limitExceeded:
            return fail(.internal, "matching \(Self.shown(pattern)) took too many steps", .l7OK)
        }
    }

    private mutating func take(
        _ place: PatternOccurrence,
        in range: Range<Int>,
        offset: Int,
        of pattern: Pattern,
        isFinal: Bool
    ) -> Action {
        if pattern.captureCount > 0 {
            captures = place.captures.map { group in
                group.map { Array(input[$0.lowerBound + offset..<$0.upperBound + offset]) } ?? []
            }
            guard captures.allSatisfy({ $0.count <= Self.longestCapture }) else {
                return fail(.tooLarge, "a capture is longer than \(Self.longestCapture) bytes")
            }
        }
        if range.upperBound > 0 { isWithinLine = input[range.upperBound - 1] != newline }
        input.removeFirst(range.upperBound)
        filled = nil
        searched = 0
        next += 1
        return advance(isFinal: isFinal)
    }

    private func waitUnlessTooLong(_ pattern: Pattern) -> Action {
        guard input.count > Self.mostBytes else { return .wait }
        return fail(.tooLarge, "\(Self.mostBytes / 1_024) KiB without a match of \(Self.shown(pattern))")
    }

    private func fail(_ reason: FailureReason, _ message: String, _ layer: Layer = .l7Response) -> Action {
        let evidence = Evidence(phase: .transfer, excerpt: excerpt)
        return .failed(Failure(reason, "step \(step): \(message)", evidence: evidence), layer)
    }

    private static func shown(_ pattern: Pattern) -> String { "/\(Excerpt.bounded(pattern.text))/" }

    /// What the step under way is about, for people: `send`, or `expect /^220 /`.
    var shownStep: String {
        guard next < script.steps.count else { return "step \(step)" }
        return switch script.steps[next] {
        case .send: "step \(step)"
        case .expect(let pattern): "step \(step), expect \(Self.shown(pattern))"
        case .expectFilled(let text): "step \(step), expect /\(Excerpt.bounded(text.text))/"
        }
    }
}
