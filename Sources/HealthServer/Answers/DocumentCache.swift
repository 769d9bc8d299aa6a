// SPDX-License-Identifier: Apache-2.0

/// The answers about everything that one listener keeps until something changes, and the renderings under way; confined to
/// the event loop.
///
/// A large document is rendered on a thread of its own, so that a scrape of thousands of series does not hold up a load
/// balancer's question. At most one rendering of each document is under way; all who ask before it began share it, and all
/// who ask while it runs share the next one, because what it shows may be older than their question. Who waits is a
/// connection, so there are never more than the server allows of those.
final class DocumentCache {
    /// A document, and how it is written.
    struct Key: Hashable {
        let route: Route
        let asked: Asked
        /// Whether it is the message that lists every service of gRPC, instead of what the route answers.
        var listsServices = false
    }

    /// Renders what is true now; may be called on any thread.
    typealias Work = @Sendable () -> ListenerAnswers.Rendered?

    private struct Job {
        let edition: UInt64
        /// Who gets this rendering.
        var waiting: [(ListenerAnswers.Rendered?) -> Void]
        /// Who gets the next one.
        var next: [(ListenerAnswers.Rendered?) -> Void] = []
    }

    private let thread: RenderingThread
    private var kept: [Key: ListenerAnswers.Rendered] = [:]
    private var jobs: [Key: Job] = [:]
    /// Grows whenever what was rendered before no longer holds.
    private var edition: UInt64 = 0

    init(_ thread: RenderingThread) {
        self.thread = thread
    }

    /// The document, if it is kept.
    subscript(key: Key) -> ListenerAnswers.Rendered? { kept[key] }

    /// Keeps a document until something changes.
    func keep(_ document: ListenerAnswers.Rendered, as key: Key) {
        kept[key] = document
    }

    /// Forgets everything: something has changed.
    func clear() {
        edition += 1
        kept.removeAll(keepingCapacity: true)
    }

    /// Renders a document off the event loop, or waits for a rendering that shows nothing older than this call.
    ///
    /// - Parameters:
    ///   - key: the document.
    ///   - keeps: whether it is kept until something changes.
    ///   - then: gets it, on the event loop.
    ///   - prepare: makes the work from what is true when it is called, on the event loop.
    func render(
        _ key: Key,
        keeps: Bool = true,
        then: @escaping (ListenerAnswers.Rendered?) -> Void,
        prepare: @escaping () -> Work
    ) {
        guard let job = jobs[key] else { return start(key, keeps, for: [then], prepare) }
        if job.edition == edition {
            jobs[key]?.waiting.append(then)
        } else {
            jobs[key]?.next.append(then)
        }
    }

    private func start(
        _ key: Key,
        _ keeps: Bool,
        for waiting: [(ListenerAnswers.Rendered?) -> Void],
        _ prepare: @escaping () -> Work
    ) {
        let work = prepare()
        jobs[key] = Job(edition: edition, waiting: waiting)
        thread.perform(work) { self.finish(key, keeps, with: $0, prepare) }
    }

    private func finish(
        _ key: Key,
        _ keeps: Bool,
        with document: ListenerAnswers.Rendered?,
        _ prepare: @escaping () -> Work
    ) {
        guard let job = jobs.removeValue(forKey: key) else { return }
        if keeps, job.edition == edition, let document {
            kept[key] = document
            // Nobody may ask again for long, and it is large.
            thread.later { if job.edition == self.edition { self.clear() } }
        }
        if !job.next.isEmpty { start(key, keeps, for: job.next, prepare) }
        for then in job.waiting { then(document) }
    }
}
