// SPDX-License-Identifier: Apache-2.0

/// Why a probe did not pass, with what supports it.
package struct Failure: Hashable, Sendable {
    /// One word from the closed list.
    package var reason: FailureReason
    /// One line for people, in lower case, without a full stop: what was seen, what was expected.
    package var message: String
    /// What supports the reason.
    package var evidence: Evidence

    package init(_ reason: FailureReason, _ message: String, evidence: Evidence = Evidence()) {
        self.reason = reason
        self.message = message
        self.evidence = evidence
    }

    /// Reason and message as one line: `connect refused` alone, or `status: 500, expected 200-299`.
    package var summary: String {
        message.isEmpty ? reason.rawValue : message
    }
}

/// What supports a failure's reason.
package struct Evidence: Hashable, Sendable {
    /// The phase in which it failed.
    package var phase: Phase?
    /// The operating system's error number and name, such as `ECONNREFUSED`.
    package var systemError: SystemError?
    /// libcurl's result code.
    package var curlCode: Int?
    /// The alert with which the peer ended TLS, by its name in the IANA registry, such as `certificate_required`.
    package var tlsAlert: String?
    /// The first bytes of the answer, made printable, at most 200 characters.
    package var excerpt: String?
    /// Where an HTTP request was redirected: its own URL first, the last one asked or refused last; empty when it was not.
    package var redirects: [String]
    /// What the agent lacked, where the reason is `internal` and that has a name.
    package var problem: InternalProblem?

    package init(
        phase: Phase? = nil,
        systemError: SystemError? = nil,
        curlCode: Int? = nil,
        tlsAlert: String? = nil,
        excerpt: String? = nil,
        redirects: [String] = [],
        problem: InternalProblem? = nil
    ) {
        self.phase = phase
        self.systemError = systemError
        self.curlCode = curlCode
        self.tlsAlert = tlsAlert
        self.excerpt = excerpt
        self.redirects = redirects
        self.problem = problem
    }
}

/// An operating system error: its number and its text.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The `errno` value.
    package let code: Int32
    /// The system's text, such as `Connection refused`.
    package let text: String

    package init(code: Int32, text: String) {
        self.code = code
        self.text = text
    }

    package var description: String { "\(text) (errno \(code))" }
}
