// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import SimulatedSystem
import SocketTransport
import Synchronization
import Testing

/// Notes what a stream tells, writes what it is given once the stream is open, and closes when told.
private final class StreamRecorder: ByteStreamObserver, Sendable {
    private let notes = Mutex<[String]>([])
    private let texts: [String]
    private let closesOn: String?

    init(writing texts: [String] = [], closesOn: String? = nil) {
        self.texts = texts
        self.closesOn = closesOn
    }

    var log: [String] { notes.withLock(\.self) }

    private func note(_ text: String, _ stream: ByteStream, on loop: isolated EventLoop) {
        notes.withLock { $0.append(text) }
        if text == closesOn { stream.close(on: loop) }
    }

    func streamOpened(_ stream: ByteStream, _ report: ConnectReport, on loop: isolated EventLoop) {
        note(report.failure.map { "failed \($0.reason.rawValue)" } ?? "opened", stream, on: loop)
        for text in texts where stream.isOpen {
            let isTaken = stream.write(Array(text.utf8), on: loop)
            if !isTaken { note("refused \(text.utf8.count)", stream, on: loop) }
        }
    }

    func streamDrained(_ stream: ByteStream, on loop: isolated EventLoop) { note("drained", stream, on: loop) }

    func received(_ bytes: [UInt8], from stream: ByteStream, on loop: isolated EventLoop) {
        note(bytes.count > 20 ? "\(bytes.count) bytes" : String(decoding: bytes, as: UTF8.self), stream, on: loop)
    }

    func streamEnded(_ stream: ByteStream, _ end: StreamEnd, on loop: isolated EventLoop) {
        switch end {
        case .closed: note("closed, open: \(stream.isOpen)", stream, on: loop)
        case .failed(let error): note("errno \(error.code)", stream, on: loop)
        case .insecure(let failure): note(failure.message, stream, on: loop)
        }
    }
}

@Suite("ByteStream")
struct ByteStreamTests {
    private let machine: SimulatedMachine
    private let kernel: ScriptedKernel
    private let loop: EventLoop

    init() {
        machine = SimulatedMachine(seed: 1)
        kernel = ScriptedKernel(machine.kernel)
        loop = EventLoop(kernel: kernel, descriptorLimit: 10)
    }

    /// Opens a stream, lets a second pass, and checks that nothing but an open stream is left.
    private func run(_ recorder: StreamRecorder, outputLimit: Int = 1_000) -> [String] {
        loop.simulate(.seconds(1)) { [machine] loop in
            let connection = TCPConnection(host: "10.0.0.1", port: 80, resolver: machine.resolver)
            let stream = ByteStream(over: connection, outputLimit: outputLimit)
            stream.open(by: loop.now.advanced(by: .milliseconds(500)), for: recorder, on: loop)
        }
        return recorder.log
    }

    @Test("bytes are handed out until the kernel has no more, then at the next edge")
    func reads() {
        kernel.gives([.bytes(Array("a".utf8)), .bytes(Array("b".utf8))])
        kernel.gives([.bytes(Array("c".utf8))], after: .milliseconds(20))
        #expect(run(StreamRecorder()) == ["opened", "a", "b", "c"])
    }

    @Test("bytes that came with the connection need no edge of their own")
    func early() {
        kernel.gives([.bytes(Array("hi".utf8))], after: .zero)
        #expect(run(StreamRecorder()) == ["opened", "hi"])
    }

    @Test("what the kernel does not take waits, in order, and is sent as room comes")
    func partialWrites() {
        kernel.takes(.wrote(2), .wouldBlock, .wrote(1), .wouldBlock)
        kernel.becomesWritable(after: .milliseconds(10))
        kernel.becomesWritable(after: .milliseconds(20))
        #expect(run(StreamRecorder(writing: ["abc", "def"])) == ["opened", "drained"])
        #expect(kernel.written.joined() == "abcdef")
    }

    @Test("a write beyond the bound is refused whole, and one within it is taken after that")
    func bound() {
        kernel.takes(.wouldBlock, .wouldBlock)
        kernel.becomesWritable(after: .milliseconds(10))
        #expect(
            run(StreamRecorder(writing: ["abc", "defgh", "de"]), outputLimit: 5) == ["opened", "refused 5", "drained"]
        )
        #expect(kernel.written.joined() == "abcde")
    }

    @Test("a peer that closes ends the stream after its last bytes, and the descriptor is closed then")
    func closes() {
        kernel.gives([.bytes(Array("bye".utf8)), .end])
        #expect(run(StreamRecorder()) == ["opened", "bye", "closed, open: false"])
        #expect(machine.kernel.openDescriptors.isEmpty)
        #expect(machine.kernel.timeWaits == 0)
    }

    @Test("a reset is told with its error")
    func reset() {
        kernel.gives([.bytes(Array("x".utf8)), .failed(SystemError(code: ECONNRESET))])
        #expect(run(StreamRecorder()) == ["opened", "x", "errno \(ECONNRESET)"])
        #expect(machine.kernel.openDescriptors.isEmpty)
    }

    @Test(
        "a write that fails is told after the peer's last words, and never from within the write",
        arguments: [(EPIPE, "closed, open: false"), (ECONNRESET, "errno \(ECONNRESET)")]
    )
    func writeFails(code: CInt, end: String) {
        kernel.gives([.bytes(Array("421 full".utf8)), .end], after: .zero)
        kernel.takes(.failed(SystemError(code: code)))
        #expect(run(StreamRecorder(writing: ["a", "b"])) == ["opened", "421 full", end])
        #expect(kernel.written.isEmpty)
    }

    @Test("a peer that sends without end leaves the loop to others after sixteen reads")
    func endless() {
        let chunk = ReadResult.bytes(Array(repeating: 0x78, count: 16_384))
        kernel.gives(Array(repeating: chunk, count: 40))
        let log = run(StreamRecorder())
        #expect(log == ["opened"] + Array(repeating: "16384 bytes", count: 40))
    }

    @Test("nothing is told after the observer has closed the stream", arguments: ["opened", "a"])
    func closedByObserver(moment: String) {
        kernel.gives([.bytes(Array("a".utf8)), .bytes(Array("b".utf8)), .end])
        let log = run(StreamRecorder(closesOn: moment))
        #expect(log.last == moment)
        #expect(machine.kernel.openDescriptors.isEmpty)
    }

    @Test("a stream that cannot be opened is closed when that is told, and can be opened again")
    func refused() {
        machine.kernel.use(.always(.refuses(after: .milliseconds(1))))
        #expect(run(StreamRecorder()) == ["failed refused"])
        #expect(machine.kernel.openDescriptors.isEmpty)
    }
}
