// SPDX-License-Identifier: Apache-2.0

/// What a probe saw besides its verdict; each field only where its kind has it.
///
/// What few kinds see is kept apart, because every target holds an outcome and most are of HTTP and TCP.
package struct Observed: Hashable, Sendable {
    /// The final answer's status code.
    package var httpStatus: Int?
    /// `1.0`, `1.1` or `2`.
    package var httpVersion: String?
    /// What was seen of the TLS handshake.
    @Apart package var tls: TLSFacts? = nil
    @Apart private var rare: Rare? = nil

    private struct Rare: Hashable {
        var closeCode: Int?
        var grpcStatus: Int?
        var servingStatus: String?
        var watch: WatchSource?
        var exitCode: Int?
        var signal: Int?
        var output: String?
        var performanceData: [PerformanceDatum] = []
        var facts: KindFacts?
        var attempts: Int?
    }

    package init(
        httpStatus: Int? = nil,
        httpVersion: String? = nil,
        tls: TLSFacts? = nil,
        closeCode: Int? = nil,
        grpcStatus: Int? = nil,
        servingStatus: String? = nil,
        watch: WatchSource? = nil,
        exitCode: Int? = nil,
        signal: Int? = nil,
        output: String? = nil,
        performanceData: [PerformanceDatum] = [],
        facts: KindFacts? = nil,
        attempts: Int? = nil
    ) {
        self.httpStatus = httpStatus
        self.httpVersion = httpVersion
        self.tls = tls
        kept = Rare(
            closeCode: closeCode,
            grpcStatus: grpcStatus,
            servingStatus: servingStatus,
            watch: watch,
            exitCode: exitCode,
            signal: signal,
            output: output,
            performanceData: performanceData,
            facts: facts,
            attempts: attempts
        )
    }

    /// What every answer over HTTP shows.
    package init(httpStatus: Int?, httpVersion: String?, tls: TLSFacts?) {
        self.httpStatus = httpStatus
        self.httpVersion = httpVersion
        self.tls = tls
    }

    /// Nothing was seen.
    package init() {}

    /// The code of a WebSocket server's Close frame: 1005 when it gave none, 1006 when the connection ended without a frame.
    package var closeCode: Int? {
        get { rare?.closeCode }
        set { kept.closeCode = newValue }
    }

    /// The status that a gRPC call ended with, 0 = OK.
    package var grpcStatus: Int? {
        get { rare?.grpcStatus }
        set { kept.grpcStatus = newValue }
    }

    /// What a gRPC server says about the service: `SERVING`, `NOT_SERVING`, `UNKNOWN`, `SERVICE_UNKNOWN`, or a number.
    package var servingStatus: String? {
        get { rare?.servingStatus }
        set { kept.servingStatus = newValue }
    }

    /// Where a gRPC target's status comes from when it is to be watched.
    package var watch: WatchSource? {
        get { rare?.watch }
        set { kept.watch = newValue }
    }

    /// A script's exit code.
    package var exitCode: Int? {
        get { rare?.exitCode }
        set { kept.exitCode = newValue }
    }

    /// The signal that ended a script.
    package var signal: Int? {
        get { rare?.signal }
        set { kept.signal = newValue }
    }

    /// A script's output: valid UTF-8, printable, cut at its limit.
    package var output: String? {
        get { rare?.output }
        set { kept.output = newValue }
    }

    /// A script's performance data, in order.
    package var performanceData: [PerformanceDatum] {
        get { rare?.performanceData ?? [] }
        set { kept.performanceData = newValue }
    }

    /// What only the probe's kind sees.
    package var facts: KindFacts? {
        get { rare?.facts }
        set { kept.facts = newValue }
    }

    /// Which attempt of its probe this is the outcome of, counted from 1; nil where there is only ever one.
    package var attempts: Int? {
        get { rare?.attempts }
        set { kept.attempts = newValue }
    }

    private var kept: Rare {
        get { rare ?? Rare() }
        set { rare = newValue == Rare() ? nil : newValue }
    }
}
