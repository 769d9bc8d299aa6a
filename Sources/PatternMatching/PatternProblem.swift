// SPDX-License-Identifier: Apache-2.0

/// Why a text is not a regular expression.
package struct PatternProblem: Error, Hashable {
    /// What is wrong, in the words of PCRE2, in lower case, without a full stop.
    package let message: String
    /// Where it was noticed: characters (Unicode scalar values) before that place.
    package let offset: Int

    package init(message: String, offset: Int) {
        self.message = message
        self.offset = offset
    }
}
