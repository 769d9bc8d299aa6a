// SPDX-License-Identifier: Apache-2.0

/// Names that wait to be looked up, and how many threads do that: as many as there is work for, up to a limit.
///
/// A thread ends when nothing waits, so an idle agent has none. Constant time per call, amortised.
package struct LookUpQueue {
    /// What became of a name that was handed in.
    package enum Admission: Hashable, Sendable {
        /// A thread that runs will take it.
        case queued
        /// It waits, and a thread must be started for it.
        case needsThread
        /// Too many names wait already.
        case full
    }

    private let threadLimit: Int
    private let capacity: Int
    private var names: [String] = []
    private var head = 0
    private var isClosed = false
    /// How many threads were asked for and have not taken their first name yet.
    private var starting = 0
    /// How many threads run.
    package private(set) var threadCount = 0

    /// - Parameters:
    ///   - threadLimit: how many threads may look names up at once.
    ///   - capacity: how many names may wait besides.
    package init(threadLimit: Int, capacity: Int) {
        precondition(threadLimit > 0, "\(threadLimit) resolver threads")
        precondition(capacity >= 0, "a queue of \(capacity) names")
        self.threadLimit = threadLimit
        self.capacity = capacity
    }

    /// How many names wait.
    package var count: Int { names.count - head }

    /// Whether `name` waits for a thread; linear in the number of names that do.
    package func contains(_ name: String) -> Bool {
        names[head...].contains(name)
    }

    /// Hands a name in.
    package mutating func add(_ name: String) -> Admission {
        guard !isClosed else { return .full }
        if threadCount < threadLimit {
            names.append(name)
            threadCount += 1
            starting += 1
            return .needsThread
        }
        // The names that starting threads will take do not wait.
        guard count - starting < capacity else { return .full }
        names.append(name)
        return .queued
    }

    /// Takes the next name for a thread; nil = the thread must end, and is counted no longer.
    ///
    /// - Parameter onStart: whether it is the thread's first call.
    /// - Returns: the name to look up.
    package mutating func next(onStart: Bool) -> String? {
        if onStart { starting -= 1 }
        guard head < names.count else {
            threadCount -= 1
            return nil
        }
        defer {
            head += 1
            if head > 64, head * 2 > names.count {
                names.removeFirst(head)
                head = 0
            }
        }
        return names[head]
    }

    /// The thread that `add` asked for could not be started; gives the names that nobody will look up now.
    package mutating func threadFailed() -> [String] {
        threadCount -= 1
        starting -= 1
        guard threadCount == 0 else { return [] }
        defer { dropAll() }
        return Array(names[head...])
    }

    /// Drops what waits, and takes nothing more.
    package mutating func close() {
        isClosed = true
        dropAll()
    }

    private mutating func dropAll() {
        names = []
        head = 0
    }
}
