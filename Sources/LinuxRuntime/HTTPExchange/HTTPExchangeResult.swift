// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// How an exchange ended and what was seen on the way.
package struct HTTPExchangeResult: Hashable, Sendable {
    /// Whether a whole answer arrived.
    package var ending: Ending
    /// How long each phase took; resolution, connection and TLS are nil on a kept connection.
    package var phases: PhaseTimings
    /// The peer's address, `10.0.0.5:443` or `[::1]:443`; nil when no connection was tried.
    package var address: String?
    /// What was seen of TLS on the connection used, kept ones included; nil without TLS.
    package var tls: TLSFacts? {
        get { security?.facts }
        set { security = newValue.map { Security($0) } }
    }
    private var security: Security?
    /// Whether the exchange used a connection kept from an earlier one.
    package var isReused: Bool
    /// Where the request was redirected: its own URL first, without queries; empty when it was not.
    package var redirects: [String]

    /// What was seen of TLS, by reference: it is large, and most exchanges have none.
    ///
    /// Not `Apart`, because a generic type of another module is not specialized here: that took 1,800 instructions of every exchange.
    private final class Security: Hashable, Sendable {
        let facts: TLSFacts

        init(_ facts: TLSFacts) {
            self.facts = facts
        }

        static func == (left: Security, right: Security) -> Bool {
            left === right || left.facts == right.facts
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(facts)
        }
    }

    /// The two ways an exchange ends.
    package enum Ending: Hashable, Sendable {
        /// The whole answer arrived, whatever it says.
        case answered(HTTPAnswer)
        /// It did not; `partial` is the part that did, when at least a status line arrived.
        ///
        /// Kept apart, because it is large and rare.
        indirect case failed(HTTPExchangeFailure, partial: HTTPAnswer?)
    }

    /// The answer, whole or in part.
    package var answer: HTTPAnswer? {
        switch ending {
        case .answered(let answer): answer
        case .failed(_, let partial): partial
        }
    }

    /// Why no whole answer arrived; nil when one did.
    package var failure: HTTPExchangeFailure? {
        switch ending {
        case .answered: nil
        case .failed(let failure, _): failure
        }
    }
}

extension HTTPExchangeResult {
    /// Made of all its parts at once, because an initializer that sets one after the other copies the whole at its end.
    package init(
        ending: Ending,
        phases: PhaseTimings = PhaseTimings(),
        address: String? = nil,
        tls: TLSFacts? = nil,
        isReused: Bool = false,
        redirects: [String] = []
    ) {
        self.init(
            ending: ending,
            phases: phases,
            address: address,
            security: tls.map { Security($0) },
            isReused: isReused,
            redirects: redirects
        )
    }
}

/// Why an exchange gave no whole answer.
package struct HTTPExchangeFailure: Hashable, Sendable {
    /// The reason with its evidence.
    package var failure: Failure
    /// How far the exchange came.
    package var layer: Layer

    package init(_ failure: Failure, at layer: Layer) {
        self.failure = failure
        self.layer = layer
    }
}
