// SPDX-License-Identifier: Apache-2.0

import CNghttp2
import LinuxRuntime

/// What nghttp2 calls. Every callback only notes; nothing is told, and nothing freed, from within one.
extension HTTP2Session {
    /// Shared by all sessions, and never freed; nil without memory.
    nonisolated(unsafe) static let callbacks: OpaquePointer? = {
        var callbacks: OpaquePointer?
        guard unsafe nghttp2_session_callbacks_new(&callbacks) == 0 else { return nil }
        unsafe nghttp2_session_callbacks_set_on_header_callback(callbacks, header)
        unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frame)
        unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data)
        unsafe nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, closed)
        unsafe nghttp2_session_callbacks_set_error_callback2(callbacks, complaint)
        return unsafe callbacks
    }()

    /// Shared by all sessions, and never freed.
    nonisolated(unsafe) static let options: OpaquePointer? = {
        var options: OpaquePointer?
        guard unsafe nghttp2_option_new(&options) == 0 else { return nil }
        // Nothing is remembered of streams that have ended.
        unsafe nghttp2_option_set_no_closed_streams(options, 1)
        return unsafe options
    }()

    private static let header: nghttp2_on_header_callback = { _, frame, name, nameLength, value, valueLength, _, me in
        guard let me = unsafe session(me), let frame = unsafe frame, me.isCurrent(unsafe frame.pointee.hd.stream_id)
        else { return 0 }
        // unsafe: the field is nghttp2's until this returns, and is copied.
        unsafe me.answer.field(
            UnsafeBufferPointer(start: name, count: nameLength),
            UnsafeBufferPointer(start: value, count: valueLength)
        )
        return 0
    }

    private static let frame: nghttp2_on_frame_recv_callback = { _, frame, me in
        guard let me = unsafe session(me), let frame = unsafe frame else { return 0 }
        let head = unsafe frame.pointee.hd
        let isHeaders = head.type == UInt8(NGHTTP2_HEADERS.rawValue)
        if head.type == UInt8(NGHTTP2_GOAWAY.rawValue) {
            unsafe me.saidFarewell(HTTP2Error(code: frame.pointee.goaway.error_code))
        } else if me.isCurrent(head.stream_id), head.type == UInt8(NGHTTP2_RST_STREAM.rawValue) {
            me.answer.isReset = true
        } else if me.isCurrent(head.stream_id), isHeaders || head.type == UInt8(NGHTTP2_DATA.rawValue) {
            if isHeaders { me.answer.fieldsEnd() }
            if head.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0 { me.answer.answerEnds() }
        }
        return 0
    }

    private static let data: nghttp2_on_data_chunk_recv_callback = { _, _, stream, bytes, count, me in
        guard let me = unsafe session(me), me.isCurrent(stream) else { return 0 }
        // unsafe: the bytes are nghttp2's until this returns, and are copied.
        unsafe me.answer.body(UnsafeBufferPointer(start: bytes, count: count))
        return 0
    }

    private static let closed: nghttp2_on_stream_close_callback = { _, stream, code, me in
        guard let me = unsafe session(me), me.isCurrent(stream) else { return 0 }
        me.answer.streamEnds(HTTP2Error(code: code))
        return 0
    }

    private static let complaint: nghttp2_error_callback2 = { _, _, text, count, me in
        guard let me = unsafe session(me) else { return 0 }
        // unsafe: the text is nghttp2's until this returns, and is copied.
        let words = unsafe UnsafeRawBufferPointer(start: text, count: count)
        unsafe me.complain(String(decoding: words, as: UTF8.self))
        return 0
    }

    static let readContent: nghttp2_data_source_read_callback = { _, _, room, count, flags, _, me in
        guard let me = unsafe session(me), let flags = unsafe flags else {
            return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
        }
        // unsafe: nghttp2 has room for `count` bytes.
        let taken = unsafe me.takeContent(into: UnsafeMutableBufferPointer(start: room, count: count))
        if taken.isAll { unsafe flags.pointee |= UInt32(NGHTTP2_DATA_FLAG_EOF.rawValue) }
        return taken.count
    }

    private static func session(_ pointer: UnsafeMutableRawPointer?) -> HTTP2Session? {
        // unsafe: only a session is put there, and it outlives what nghttp2 knows of it.
        unsafe pointer.map { unsafe Unmanaged<HTTP2Session>.fromOpaque($0).takeUnretainedValue() }
    }
}
