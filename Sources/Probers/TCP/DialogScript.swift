// SPDX-License-Identifier: Apache-2.0

import HealthModel
import PatternMatching

/// The steps of a dialog, prepared once for all runs.
struct DialogScript {
    /// A step, ready to be taken.
    enum Step {
        case send(DialogText)
        case expect(Pattern)
        /// An expression that is whole only once its captures are known.
        case expectFilled(DialogText)
    }

    let steps: [Step]

    /// - Throws: what is wrong with the first expression that is not one.
    init(_ steps: [DialogStep]) throws(PatternProblem) {
        var prepared: [Step] = []
        for step in steps {
            switch step {
            case .send(let text): prepared.append(.send(text))
            case .expect(let text) where text.references.isEmpty: prepared.append(.expect(try Pattern(text.text)))
            case .expect(let text):
                _ = try Pattern(text.asPattern)
                prepared.append(.expectFilled(text))
            }
        }
        self.steps = prepared
    }
}

extension DialogText {
    /// The bytes to send, with `captures` in their places.
    func bytes(with captures: [[UInt8]]) -> [UInt8] {
        parts.flatMap { part in
            switch part {
            case .literal(let text): Array(text.utf8)
            case .capture(let number): captures.indices.contains(number - 1) ? captures[number - 1] : []
            }
        }
    }

    /// The expression to look for, in which `captures` stand for nothing but themselves.
    ///
    /// What is not UTF-8 in a capture becomes U+FFFD, which then does not match: patterns see characters only.
    func pattern(with captures: [[UInt8]]) -> String {
        parts.map { part in
            switch part {
            case .literal(let text): text
            case .capture(let number):
                captures.indices.contains(number - 1) ? Self.quoted(captures[number - 1]) : ""
            }
        }.joined()
    }

    private static func quoted(_ bytes: [UInt8]) -> String {
        var quoted = String.UnicodeScalarView()
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            // A backslash before anything but an ASCII letter or digit makes it stand for itself (pcre2pattern(3)).
            if scalar.isASCII, !Character(scalar).isLetter, !Character(scalar).isNumber { quoted.append("\\") }
            quoted.append(scalar)
        }
        return String(quoted)
    }
}
