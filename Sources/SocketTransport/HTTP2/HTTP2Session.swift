// SPDX-License-Identifier: Apache-2.0

import CNghttp2
import LinuxRuntime

/// The client's side of one HTTP/2 connection between memory and memory, one request at a time: who uses it moves the bytes.
///
/// nghttp2 does all of HTTP/2 but one thing: what a session is about to be told is collected here and looked at when it has
/// returned, so that whoever is told may end the session.
@safe
final class HTTP2Session {
    /// What of the answer to the newest request has arrived.
    var answer = HTTP2Answer(maximumPieceBytes: 0)
    /// With which code the server gave the connection up; nil while it has not.
    private(set) var farewell: HTTP2Error?
    /// What the server broke of the rules, in nghttp2's words; empty when it did not say.
    private(set) var complaint = ""
    /// Whether the connection is of no more use, because the server broke its rules.
    private(set) var isBroken = false
    /// The stream of the newest request; 0 before the first.
    private var stream: Int32 = 0
    /// The content of the newest request that was not sent yet.
    private var content: ArraySlice<UInt8> = []
    private let session: OpaquePointer

    /// How many bytes a server may have on the way to us: no answer of ours is longer.
    private static let windowBytes: UInt32 = 131_072

    /// Begins a connection, whose first bytes are then there to be sent.
    ///
    /// - Returns: nil when there is no memory.
    init?() {
        var session: OpaquePointer?
        guard let callbacks = unsafe Self.callbacks,
            unsafe nghttp2_session_client_new2(&session, callbacks, nil, Self.options) == 0,
            let session = unsafe session
        else { return nil }
        unsafe self.session = session
        unsafe nghttp2_session_set_user_data(session, Unmanaged.passUnretained(self).toOpaque())
        let settings = [
            nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
                value: Self.windowBytes
            ),
        ]
        // unsafe: the settings are copied.
        guard unsafe nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), settings, settings.count) == 0
        else { return nil }
    }

    deinit {
        // unsafe: our own.
        unsafe nghttp2_session_del(session)
    }

    /// Whether another request may be made.
    var takesRequests: Bool {
        guard !isBroken, farewell == nil else { return false }
        return unsafe nghttp2_session_check_request_allowed(session) != 0
    }

    /// Makes a request, whose bytes are then there to be sent; the one before must have ended.
    ///
    /// - Returns: whether it could be made.
    func request(_ fields: HTTP2RequestFields, content: [UInt8], maximumPieceBytes: Int) -> Bool {
        answer = HTTP2Answer(maximumPieceBytes: maximumPieceBytes)
        self.content = content[...]
        // unsafe: nghttp2 copies the fields, and asks for the content by the callback, as long as the session lives.
        stream = unsafe fields.bytes.withUnsafeBufferPointer { bytes in
            guard let start = unsafe UnsafeMutablePointer(mutating: bytes.baseAddress) else { return -1 }
            let list = unsafe fields.places.map { place in
                unsafe nghttp2_nv(
                    name: start + place.name.lowerBound,
                    value: start + place.value.lowerBound,
                    namelen: place.name.count,
                    valuelen: place.value.count,
                    flags: UInt8((place.isPassing ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE).rawValue)
                )
            }
            guard !content.isEmpty else {
                return unsafe nghttp2_submit_request(session, nil, list, list.count, nil, nil)
            }
            var provider = unsafe nghttp2_data_provider(source: nghttp2_data_source(), read_callback: Self.readContent)
            return unsafe nghttp2_submit_request(session, nil, list, list.count, &provider, nil)
        }
        return stream > 0
    }

    /// Works on what came from the server.
    func receive(_ bytes: [UInt8]) {
        let count = unsafe nghttp2_session_mem_recv(session, bytes, bytes.count)
        if count < 0, let words = unsafe nghttp2_strerror(CInt(clamping: count)) {
            unsafe complain(String(cString: words))
        }
        if count < 0 { isBroken = true }
    }

    /// Takes what is to be sent to the server; empty when nothing is.
    func takeOutput() -> [UInt8] {
        var output: [UInt8] = []
        while true {
            var start: UnsafePointer<UInt8>?
            let count = unsafe nghttp2_session_mem_send(session, &start)
            guard count > 0 else {
                // After what breaks the rules nghttp2 says goodbye itself, and wants nothing more.
                let wantsMore = unsafe nghttp2_session_want_read(session) != 0
                if count < 0 || !wantsMore && farewell == nil { isBroken = true }
                return output
            }
            // unsafe: the bytes are nghttp2's until the next call.
            unsafe output.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
        }
    }
}

/// What the callbacks tell.
extension HTTP2Session {
    func complain(_ text: String) {
        if complaint.isEmpty { complaint = text }
    }

    func isCurrent(_ stream: Int32) -> Bool { stream == self.stream }

    func saidFarewell(_ error: HTTP2Error) { farewell = farewell ?? error }

    /// Copies what is next of the content to where it is sent from; tells how much, and whether that was all.
    func takeContent(into room: UnsafeMutableBufferPointer<UInt8>) -> (count: Int, isAll: Bool) {
        let taken = content.prefix(room.count)
        // unsafe: no more is copied than there is room for.
        _ = unsafe room.update(fromContentsOf: taken)
        content = content.dropFirst(taken.count)
        return (taken.count, content.isEmpty)
    }
}
