// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// Reads one output stream of a program to its end, and keeps the beginning.
struct OutputReader {
    let descriptor: CInt
    private(set) var head: OutputHead
    /// How many bytes were read.
    private(set) var count = 0
    private var hasEnded = false

    /// What the stream is called where a conversation is taken down.
    private let stage: TraceEntry.Stage

    private static let chunk = 64 * 1_024
    private static let chunksPerPortion = 4
    /// What a pipe can hold at most, unless an administrator raised `pipe-max-size`.
    private static let chunksOfFullPipe = 16

    init(_ descriptor: CInt, limit: Int, as stage: TraceEntry.Stage) {
        self.descriptor = descriptor
        self.stage = stage
        head = OutputHead(limit: limit)
    }

    /// Reads what is there, at most a portion of 256 KiB; true when there may be more.
    mutating func readPortion(on loop: isolated EventLoop) -> Bool {
        read(atMost: Self.chunksPerPortion, on: loop)
    }

    /// Reads what an ended program left in its pipe.
    mutating func readRest(on loop: isolated EventLoop) {
        _ = read(atMost: Self.chunksOfFullPipe, on: loop)
    }

    private mutating func read(atMost chunks: Int, on loop: isolated EventLoop) -> Bool {
        for _ in 0..<chunks where !hasEnded {
            switch loop.kernel.read(descriptor, limit: Self.chunk) {
            case .bytes(let bytes):
                loop.trace?.received(bytes, stage, at: loop.kernel.now)
                head.append(bytes)
                count += bytes.count
            case .wouldBlock: return false
            case .end, .failed: hasEnded = true
            }
        }
        return !hasEnded
    }
}
