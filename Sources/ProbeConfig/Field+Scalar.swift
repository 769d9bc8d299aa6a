// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

extension Field {
    /// A text, with `${…}` replaced.
    ///
    /// A number or truth value is taken as the text it is, so `1.10` stays `1.10`.
    ///
    /// - Parameters:
    ///   - expected: what should be there, for the complaint.
    ///   - isPattern: whether it is taken as written, `${` being an ordinary part of it.
    /// - Returns: nil after a complaint.
    func text(_ expected: String = "a text", isPattern: Bool = false) -> String? {
        guard let text = scalar(expecting: expected)?.text else { return nil }
        guard !text.unicodeScalars.contains("\0") else {
            error("a NUL character is not allowed")
            return nil
        }
        return isPattern ? text : replacingVariables(in: text)
    }

    /// A text that is not empty.
    func filledText(_ expected: String = "a text") -> String? {
        guard let text = text(expected) else { return nil }
        guard !text.isEmpty else {
            error("is empty (expected \(expected))", DiagnosticDetail(.missingValue, allowed: expected))
            return nil
        }
        return text
    }

    /// `true` or `false` of the YAML 1.2 core schema.
    func truth() -> Bool? {
        guard let scalar = scalar(expecting: "true or false") else { return nil }
        if !scalar.isQuoted {
            switch scalar.text {
            case "true", "True", "TRUE": return true
            case "false", "False", "FALSE": return false
            default: break
            }
        }
        error(
            "\(VisibleText.quoted(scalar.text)) is not true or false\(scalar.isQuoted ? " (remove the quotes)" : "")",
            invalid(scalar.text, allowed: "true, false", hint: scalar.isQuoted ? "remove the quotes" : nil)
        )
        return nil
    }

    /// A whole number within `range`, in decimal; `word` may stand there instead, and was looked for before.
    func wholeNumber(in range: ClosedRange<Int>, besides word: String? = nil) -> Int? {
        let allowed = "\(word.map { "\($0) or " } ?? "")\(range.lowerBound) to \(range.upperBound)"
        guard let scalar = scalar(expecting: "a number from \(allowed)") else { return nil }
        let digits = scalar.text.hasPrefix("-") ? scalar.text.dropFirst() : scalar.text[...]
        let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, !scalar.isQuoted else {
            let hint = isNumber ? "remove the quotes" : "\(allowed)"
            error(
                "\(VisibleText.quoted(scalar.text)) is not a whole number (\(hint))",
                invalid(scalar.text, allowed: allowed, hint: isNumber ? "remove the quotes" : nil)
            )
            return nil
        }
        guard let number = Int(scalar.text), range.contains(number) else {
            error(
                "\(VisibleText.make(scalar.text.prefix(40))) is out of range (\(allowed))",
                outOfRange(scalar.text, allowed: allowed)
            )
            return nil
        }
        return number
    }

    /// A number with or without decimals within `range`.
    func number(in range: ClosedRange<Double>) -> Double? {
        guard let scalar = scalar(expecting: "a number") else { return nil }
        guard !scalar.isQuoted, let number = DecimalText.parse(scalar.text) else {
            error(
                "\(VisibleText.quoted(scalar.text)) is not a number\(scalar.isQuoted ? " (remove the quotes)" : "")",
                invalid(
                    scalar.text,
                    allowed: DecimalText.render(range),
                    hint: scalar.isQuoted ? "remove the quotes" : nil
                )
            )
            return nil
        }
        guard range.contains(number) else {
            error(
                "\(scalar.text) is out of range (\(DecimalText.render(range)))",
                outOfRange(scalar.text, allowed: DecimalText.render(range))
            )
            return nil
        }
        return number
    }

    /// A duration within `range`.
    func duration(in range: ClosedRange<Duration>) -> Duration? {
        guard let text = scalar(expecting: "a duration")?.text else { return nil }
        let allowed = "\(DurationText.render(range.lowerBound)) to \(DurationText.render(range.upperBound))"
        let form = "use 500ms, 5s, 2m"
        switch DurationText.parse(text) {
        case .duration(let duration) where range.contains(duration): return duration
        case .duration, .beyondRange:
            error("\(VisibleText.quoted(text)) is out of range (\(allowed))", outOfRange(text, allowed: allowed))
        case .noUnit:
            error("\(VisibleText.quoted(text)) has no unit (\(form))", invalid(text, allowed: allowed, hint: form))
        case .notADuration:
            error(
                "\(VisibleText.quoted(text)) is not a duration (\(form))",
                invalid(text, allowed: allowed, hint: form)
            )
        }
        return nil
    }

    /// A size in bytes within `range`.
    func size(in range: ClosedRange<Int>) -> Int? {
        guard let text = scalar(expecting: "a size")?.text else { return nil }
        let allowed = "\(SizeText.render(range.lowerBound)) to \(SizeText.render(range.upperBound))"
        let form = "use 8KiB, 1MiB"
        switch SizeText.parse(text) {
        case .bytes(let bytes) where range.contains(bytes): return bytes
        case .bytes, .beyondRange:
            error("\(VisibleText.quoted(text)) is out of range (\(allowed))", outOfRange(text, allowed: allowed))
        case .noUnit:
            error("\(VisibleText.quoted(text)) has no unit (\(form))", invalid(text, allowed: allowed, hint: form))
        case .notASize:
            error("\(VisibleText.quoted(text)) is not a size (\(form))", invalid(text, allowed: allowed, hint: form))
        }
        return nil
    }

    /// A rate up to `most`, which is 1 for a share of a whole.
    func rate(upTo most: Double = 1, allowsZero: Bool = true) -> Double? {
        guard let text = scalar(expecting: "a rate")?.text else { return nil }
        guard let rate = RateText.parse(text) else {
            error(
                "\(VisibleText.quoted(text)) is not a rate (use 50% or 0.5)",
                invalid(text, allowed: nil, hint: "use 50% or 0.5")
            )
            return nil
        }
        guard rate <= most, rate > 0 || allowsZero else {
            let lowest = allowsZero ? "0%" : "more than 0%"
            let hint = rate > 1 && !text.hasSuffix("%") ? "; \(VisibleText.make(text))% has a percent sign" : ""
            let allowed = "\(lowest) to \(RateText.render(most))"
            error("\(VisibleText.quoted(text)) is out of range (\(allowed)\(hint))", outOfRange(text, allowed: allowed))
            return nil
        }
        if rate == 1, text == "1", most == 1 {
            warning(
                "1 is 100%, not 1% (write 100% or 1%)",
                DiagnosticDetail(.suspicious, seen: text, hint: "write 100%")
            )
        }
        return rate
    }

    /// One of the words that `Choice` knows.
    func choice<Choice>(_ type: Choice.Type = Choice.self) -> Choice?
    where Choice: CaseIterable & RawRepresentable, Choice.RawValue == String {
        let words = Choice.allCases.map(\.rawValue)
        let list = words.joined(separator: ", ")
        guard let text = scalar(expecting: "one of \(list)")?.text else { return nil }
        guard let choice = Choice(rawValue: text) else {
            error("\(VisibleText.quoted(text)) is not one of \(list)", invalid(text, allowed: list))
            return nil
        }
        return choice
    }

    /// The parts of a complaint about a value that cannot be read.
    private func invalid(_ text: String, allowed: String?, hint: String? = nil) -> DiagnosticDetail {
        DiagnosticDetail(.invalidValue, seen: VisibleText.cut(text), allowed: allowed, hint: hint)
    }

    private func outOfRange(_ text: String, allowed: String) -> DiagnosticDetail {
        DiagnosticDetail(.outOfRange, seen: VisibleText.cut(text), allowed: allowed)
    }
}
