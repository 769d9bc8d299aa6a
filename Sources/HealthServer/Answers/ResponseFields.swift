// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOCore
import NIOHTTP1

extension Answer {
    /// The whole response head's fields, in the order they are sent, whichever path sends them.
    func responseFields(
        date: String,
        connection: ConnectionOutcome,
        requestID: String? = nil,
        allows: Bool = false
    ) -> HTTPHeaders {
        var all = HTTPHeaders()
        all.reserveCapacity(8 + fields.count)
        all.add(name: "Date", value: date)
        all.add(name: "Content-Type", value: contentType.rawValue)
        all.add(name: "Content-Length", value: String(body.count))
        all.add(name: "Cache-Control", value: "no-store")
        all.add(name: "X-Content-Type-Options", value: "nosniff")
        for field in fields { all.add(name: field.name, value: field.value) }
        if allows { all.add(name: "Allow", value: Self.allowedMethods) }
        if let requestID { all.add(name: "X-Request-Id", value: requestID) }
        if let value = connection.field { all.add(name: "Connection", value: value) }
        return all
    }

    /// The methods every route answers.
    static var allowedMethods: String { "GET, HEAD, OPTIONS" }

    /// The whole response as bytes, as the encoder of the full path writes it; without the body for HEAD.
    func responseBytes(fields: HTTPHeaders, isHead: Bool, allocator: ByteBufferAllocator) -> ByteBuffer {
        let status = HTTPResponseStatus(statusCode: code)
        var buffer = allocator.buffer(capacity: 512 + (isHead ? 0 : body.count))
        buffer.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        for (name, value) in fields { buffer.writeString("\(name): \(value)\r\n") }
        buffer.writeString("\r\n")
        if !isHead { buffer.writeBytes(body) }
        return buffer
    }
}

extension ListenerContext {
    /// The fields of a stream of server-sent events; a proxy in between must not hold it back.
    func streamFields(requestID: String) -> HTTPHeaders {
        [
            "Date": answers.currentDate(),
            "Content-Type": "text/event-stream",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Accel-Buffering": "no",
            "X-Request-Id": requestID,
            "Connection": "close",
        ]
    }
}
