// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Resilience

/// A metrics backend that keeps everything in memory and renders it as text.
///
/// Like a real one it has one handler for a label with its dimensions, and what is recorded after `destroy()` is lost.
final class RecordingFactory: MetricsFactory {
    fileprivate struct Sample: Sendable {
        var values: [Double] = []
        var sum = 0.0
        var kind: String
    }

    private let samples = Locked<[String: Sample]>([:])
    private let made = Locked(0)

    /// How many handlers were asked for.
    var madeCount: Int { made.withLock { $0 } }

    /// One line for each series, sorted; a timer shows its values in seconds.
    var text: [String] {
        samples.withLock { $0 }
            .map { key, sample in
                let isTimer = sample.kind == "timer"
                let shown = isTimer ? sample.values.map { "\($0)" }.joined(separator: " ") : "\(Int(sample.sum))"
                return "\(key) \(isTimer ? "[\(shown)]" : shown)"
            }
            .sorted()
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        make(label, dimensions, "counter")
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        make(label, dimensions, "gauge")
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        make(label, dimensions, "timer")
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        make(label, dimensions, "recorder")
    }

    func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
    func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
    func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }
    func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }

    fileprivate func update(_ key: String, _ body: (inout Sample) -> Void) {
        samples.withLock { samples in
            guard var sample = samples.removeValue(forKey: key) else { return }
            body(&sample)
            samples[key] = sample
        }
    }

    private func make(_ label: String, _ dimensions: [(String, String)], _ kind: String) -> Handler {
        made.withLock { $0 += 1 }
        let labels = dimensions.map { "\($0.0)=\($0.1)" }.joined(separator: ",")
        let key = "\(label){\(labels)}"
        samples.withLock { samples in
            precondition(samples[key]?.kind ?? kind == kind, "\(key) has two kinds")
            samples[key] = samples[key] ?? Sample(kind: kind)
        }
        return Handler(key, self)
    }

    private func destroy(_ handler: Any) {
        guard let handler = handler as? Handler else { return }
        _ = samples.withLock { $0.removeValue(forKey: handler.key) }
    }
}

private final class Handler: CounterHandler, MeterHandler, TimerHandler, RecorderHandler {
    let key: String
    private let factory: RecordingFactory

    init(_ key: String, _ factory: RecordingFactory) {
        self.key = key
        self.factory = factory
    }

    func increment(by amount: Int64) { factory.update(key) { $0.sum += Double(amount) } }
    func reset() { factory.update(key) { $0.sum = 0 } }
    func set(_ value: Int64) { factory.update(key) { $0.sum = Double(value) } }
    func set(_ value: Double) { factory.update(key) { $0.sum = value } }
    func increment(by amount: Double) { factory.update(key) { $0.sum += amount } }
    func decrement(by amount: Double) { factory.update(key) { $0.sum -= amount } }
    func recordNanoseconds(_ duration: Int64) { factory.update(key) { $0.values.append(Double(duration) / 1e9) } }
    func record(_ value: Int64) { factory.update(key) { $0.values.append(Double(value)) } }
    func record(_ value: Double) { factory.update(key) { $0.values.append(value) } }
}
