// SPDX-License-Identifier: Apache-2.0

/// Why a text is not a YAML document that we take.
package struct YAMLProblem: Error, Hashable {
    /// Where; nil when it concerns the file as a whole.
    package let position: SourcePosition?
    /// What was seen and what is allowed, in lower case, without a full stop.
    package let message: String

    package init(position: SourcePosition?, message: String) {
        self.position = position
        self.message = message
    }
}
