// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// What TLS sessions read from and write to instead of a socket: bytes in memory.
///
/// A session takes all that came before it asks for more, so that many sessions can use one pipe, one after the other, and none
/// needs buffers of its own.
@safe
final class TLSPipe {
    /// What came from the peer.
    var input: [UInt8]
    /// The part of `input` that no session has taken yet.
    var unread = 0..<0
    /// What is to be sent to the peer.
    private(set) var output: [UInt8] = []
    private let method: OpaquePointer
    private let channel: OpaquePointer

    /// Most bytes of room for output that are kept.
    private static let keptCapacity = 65_536

    /// - Parameter capacity: how much of the peer's bytes there is room for at once.
    init(capacity: Int = 0) {
        input = [UInt8](repeating: 0, count: capacity)
        guard let method = unsafe BIO_meth_new(BIO_TYPE_SOURCE_SINK, "bellwether"),
            unsafe BIO_meth_set_read(method, Self.read) == 1, unsafe BIO_meth_set_write(method, Self.write) == 1,
            unsafe BIO_meth_set_ctrl(method, Self.control) == 1, let channel = unsafe BIO_new(method)
        else { preconditionFailure("no memory for a TLS pipe") }
        unsafe (self.method, self.channel) = (method, channel)
        // unsafe: sessions keep the pipe alive, and let go of the channel before.
        unsafe BIO_set_data(channel, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        // unsafe: our own count of the channel, which is the last, as every session has kept the pipe alive.
        unsafe BIO_free(channel)
        unsafe BIO_meth_free(method)
    }

    /// Makes a session read and write here.
    func connect(_ session: OpaquePointer) {
        unsafe BIO_up_ref(channel)
        // unsafe: takes over the one count, both ends being the same.
        unsafe SSL_set_bio(session, channel, channel)
    }

    /// Drops what is to be sent, after it was.
    func clearOutput() {
        if output.capacity > Self.keptCapacity { output = [] } else { output.removeAll(keepingCapacity: true) }
    }

    /// Drops what came and what is to be sent, when a session has ended amid either.
    func clear() {
        unread = 0..<0
        clearOutput()
    }

    private static let read: @convention(c) (OpaquePointer?, UnsafeMutablePointer<CChar>?, CInt) -> CInt = {
        channel,
        start,
        count in
        guard let channel = unsafe channel, let pipe = unsafe pipe(of: channel) else { return -1 }
        unsafe BIO_clear_flags(channel, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
        let taken = pipe.unread.prefix(Int(max(0, count)))
        guard !taken.isEmpty else {
            unsafe BIO_set_flags(channel, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
            return -1
        }
        // unsafe: OpenSSL has room for `count` bytes, and no more are taken.
        unsafe pipe.input.withUnsafeBytes { input in
            unsafe UnsafeMutableRawBufferPointer(start: start, count: taken.count)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: input[taken]))
        }
        pipe.unread = taken.upperBound..<pipe.unread.upperBound
        return CInt(taken.count)
    }

    private static let write: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?, CInt) -> CInt = {
        channel,
        start,
        count in
        guard let channel = unsafe channel, let pipe = unsafe pipe(of: channel), count > 0 else { return 0 }
        unsafe BIO_clear_flags(channel, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
        // unsafe: OpenSSL's `count` bytes are copied.
        unsafe pipe.output.append(contentsOf: UnsafeRawBufferPointer(start: start, count: Int(count)))
        return count
    }

    private static let control: @convention(c) (OpaquePointer?, CInt, Int, UnsafeMutableRawPointer?) -> Int = {
        _,
        command,
        _,
        _ in
        command == BIO_CTRL_FLUSH ? 1 : 0
    }

    private static func pipe(of channel: OpaquePointer) -> TLSPipe? {
        // unsafe: only a pipe is put there, and it lives as long as its channel.
        unsafe BIO_get_data(channel).map { unsafe Unmanaged<TLSPipe>.fromOpaque($0).takeUnretainedValue() }
    }
}
