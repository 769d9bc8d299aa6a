// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// Runs a series on a loop of its own, which ends with it.
struct SeriesRun {
    private let spec: ProbeSpec
    private let rules: AddressRules
    private let repetition: ProbeRepetition
    private let printer: ProbePrinter
    private let traces: Bool

    /// - Parameters:
    ///   - spec: the probe.
    ///   - rules: which addresses it may not connect to.
    ///   - repetition: how often.
    ///   - printer: where each run goes.
    ///   - traces: whether conversations are taken down.
    ///   - signals: shows that the signals which end the series are blocked, and were before any other thread was made.
    init(
        _ spec: ProbeSpec,
        under rules: AddressRules,
        _ repetition: ProbeRepetition,
        _ printer: ProbePrinter,
        traces: Bool,
        _ signals: SignalWaiter
    ) {
        self.spec = spec
        self.rules = rules
        self.repetition = repetition
        self.printer = printer
        self.traces = traces
    }

    /// Runs all, and gives what they came to.
    ///
    /// - Throws: why nothing could be probed.
    func summary() throws(SystemError) -> SeriesSummary {
        let spawner = try SystemProcessSpawner()
        let descriptors = DescriptorShares.withoutServer(limit: try DescriptorLimit.raise())
        let loop = EventLoop(kernel: try SystemKernel(), descriptorLimit: descriptors)
        let thread = try LoopThread(running: loop, name: "probes")
        let (spec, rules, repetition, printer, traces) = (spec, rules, repetition, printer, traces)
        let result = MainThread.wait { () async -> Result<SeriesSummary, SystemError> in
            do throws(SystemError) {
                return .success(
                    try await loop.series(
                        spec,
                        under: rules,
                        repetition,
                        printer: printer,
                        traces: traces,
                        spawner: spawner
                    )
                )
            } catch {
                return .failure(error)
            }
        }
        thread.stopAndJoin()
        return try result.get()
    }
}

extension EventLoop {
    fileprivate func series(
        _ spec: ProbeSpec,
        under rules: AddressRules,
        _ repetition: ProbeRepetition,
        printer: ProbePrinter,
        traces: Bool,
        spawner: any ProcessSpawner
    ) async throws(SystemError) -> SeriesSummary {
        addressRules = rules
        if traces { beginTrace() }
        let factory = try ProberFactory.system(spawner: spawner, scriptsAtOnce: 1)
        let signals = try SignalDescriptor()
        let clerk = SeriesClerk(spec, printer: printer, traces: traces)
        let prober = factory.prober(for: spec, on: self)
        let series = ProbeSeries(spec, prober: prober, repetition: repetition, listener: clerk)
        try signals.begin(telling: series, on: self)
        await series.run(on: self)
        signals.stop(on: self)
        await factory.end(on: self)
        return clerk.summary
    }
}

/// Counts and prints the runs of a series.
private final class SeriesClerk: ProbeSeriesListener {
    private(set) var summary = SeriesSummary()
    private let printer: ProbePrinter
    private let traces: Bool
    private var redaction: TraceRedaction
    private let secrets = SecretReader(files: SystemFiles())

    init(_ spec: ProbeSpec, printer: ProbePrinter, traces: Bool) {
        self.printer = printer
        self.traces = traces
        redaction = TraceRedaction(spec.probe)
        if traces { redaction.refresh(reading: secrets) }
    }

    func ran(_ number: Int, _ outcome: Outcome, on loop: isolated EventLoop) -> Bool {
        summary.add(outcome)
        if let (entries, dropped) = loop.trace?.take() {
            // The run may have read a secret anew.
            redaction.refresh(reading: secrets)
            let report = TraceReport(
                entries: entries,
                dropped: dropped,
                startedAt: outcome.startedAt,
                redaction: redaction
            )
            printer.print(number, report)
        }
        return printer.print(number, outcome, at: loop.kernel.wallTime)
    }
}
