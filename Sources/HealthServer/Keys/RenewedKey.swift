// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// One thing that is made of files, and made again when they change; used by one thread at a time.
final class RenewedKey<Value: Sendable>: Sendable {
    /// What a look found.
    enum Finding: Sendable {
        case unchanged
        case renewed(Value)
        /// What was made before stays in use.
        case refused(MaterialProblem)
    }

    private let read: @Sendable () throws(MaterialProblem) -> [[UInt8]]
    private let make: @Sendable ([[UInt8]]) throws(MaterialProblem) -> Value
    private let memory = Mutex(Memory())

    private struct Memory {
        /// The contents looked at last.
        var contents: [[UInt8]]?
        /// Whether the thing could be made of them.
        var isUsable = false
        /// What was told last, while it lasts.
        var problem: MaterialProblem?
    }

    /// - Parameters:
    ///   - read: reads the files, each as an element.
    ///   - make: makes the thing of their contents.
    init(
        read: @escaping @Sendable () throws(MaterialProblem) -> [[UInt8]],
        make: @escaping @Sendable ([[UInt8]]) throws(MaterialProblem) -> Value
    ) {
        self.read = read
        self.make = make
    }

    /// Reads the files, and makes the thing when their contents are others than last time.
    ///
    /// A problem is told once, however often it is met in a row.
    func look() -> Finding {
        memory.withLock { memory in
            do throws(MaterialProblem) {
                let contents = try read()
                guard contents != memory.contents else {
                    if memory.isUsable { memory.problem = nil }
                    return .unchanged
                }
                memory.contents = contents
                memory.isUsable = false
                let value = try make(contents)
                memory.isUsable = true
                memory.problem = nil
                return .renewed(value)
            } catch {
                guard memory.problem != error else { return .unchanged }
                memory.problem = error
                return .refused(error)
            }
        }
    }
}
