// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

/// Where large documents are rendered: a thread beside the event loop, which everything comes back to.
struct RenderingThread {
    /// Does work somewhere, then calls `done` on the event loop.
    let perform:
        (
            _ work: @escaping DocumentCache.Work,
            _ done: @escaping (ListenerAnswers.Rendered?) -> Void
        ) -> Void
    /// Calls back on the event loop once what was rendered is surely old.
    let later: (@escaping () -> Void) -> Void

    /// Renders on the caller's own thread, for tests without threads.
    static var none: RenderingThread {
        RenderingThread(perform: { work, done in done(work()) }, later: { _ in })
    }

    init(
        perform: @escaping (@escaping DocumentCache.Work, @escaping (ListenerAnswers.Rendered?) -> Void) -> Void,
        later: @escaping (@escaping () -> Void) -> Void
    ) {
        self.perform = perform
        self.later = later
    }

    /// Renders on `pool`, one document after the other when it has one thread.
    init(_ pool: NIOThreadPool, eventLoop: any EventLoop) {
        perform = { work, done in
            let rendered = pool.runIfActive(eventLoop: eventLoop) { work() }
            rendered.assumeIsolated().whenComplete { result in
                // It fails only once the pool has ended, which is after the last connection.
                if case .success(let document) = result { done(document) }
            }
        }
        later = { body in eventLoop.assumeIsolated().scheduleTask(in: .seconds(2), body) }
    }
}
