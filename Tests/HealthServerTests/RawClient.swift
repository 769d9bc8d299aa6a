// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import NIOCore

/// A blocking TCP or unix client that sends exactly the bytes it is given; every wait ends after ten seconds.
final class RawClient {
    private let descriptor: CInt

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Connects to `address`.
    init(_ address: ListenAddress) throws {
        switch address {
        case .tcp(let hostPort):
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            try Self.connect(descriptor, SocketAddress(ipAddress: hostPort.host, port: hostPort.port))
        case .unix(let path):
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            try Self.connect(descriptor, SocketAddress(unixDomainSocketPath: path))
        case .inherited:
            throw Failure(description: "a client needs a real address")
        }
        var deadline = timeval(tv_sec: 10, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &deadline, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &deadline, size)
    }

    deinit {
        close(descriptor)
    }

    /// Sends all of `text`; false when the peer takes no more.
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Sends all of `bytes`; false when the peer takes no more.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Says that nothing more will be sent.
    func endSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Reads up to `limit` bytes; empty at the end of the stream.
    func receive(upTo limit: Int = 65_536) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &buffer, limit, 0)
        if count < 0, errno == ECONNRESET { throw Failure(description: "reset by the server") }
        guard count >= 0 else { throw Failure(description: "no answer within the deadline (errno \(errno))") }
        return Array(buffer.prefix(count))
    }

    /// Reads until the server ends the stream.
    func receiveAll() throws -> String {
        var all: [UInt8] = []
        while case let more = try receive(), !more.isEmpty { all += more }
        return String(decoding: all, as: UTF8.self)
    }

    /// Reads until `text` has come, and returns all up to its end; what follows is kept for the next call.
    func receive(until text: String) throws -> String {
        let wanted = Array(text.utf8)
        var looked = 0
        while true {
            while looked + wanted.count <= unread.count {
                if unread[looked] == wanted[0], unread[looked...].starts(with: wanted) {
                    defer { unread.removeFirst(looked + wanted.count) }
                    return String(decoding: unread.prefix(looked + wanted.count), as: UTF8.self)
                }
                looked += 1
            }
            let more = try receive()
            guard !more.isEmpty else {
                throw Failure(
                    description: "the stream ended before \(text): \(String(decoding: unread, as: UTF8.self))"
                )
            }
            unread += more
        }
    }

    /// Reads so many bytes.
    func receive(exactly count: Int) throws -> [UInt8] {
        while unread.count < count {
            let more = try receive()
            guard !more.isEmpty else { throw Failure(description: "the stream ended after \(unread)") }
            unread += more
        }
        defer { unread.removeFirst(count) }
        return Array(unread.prefix(count))
    }

    /// Sends bytes as they are.
    func send(bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// Reads one response, by its Content-Length; `hasBody` is false for an answer to HEAD.
    func receiveResponse(hasBody: Bool = true) throws -> Response {
        while true {
            if let response = Response(&unread, hasBody: hasBody) { return response }
            let more = try receive()
            guard !more.isEmpty else { throw Failure(description: "the stream ended within a response: \(unread)") }
            unread += more
        }
    }

    private var unread: [UInt8] = []

    private static func connect(_ descriptor: CInt, _ address: SocketAddress) throws {
        let result = address.withSockAddr { Glibc.connect(descriptor, $0, socklen_t($1)) }
        guard result == 0 else { throw Failure(description: "cannot connect (errno \(errno))") }
    }
}

/// A response taken apart.
struct Response: Equatable {
    let code: Int
    let fields: [String: String]
    let body: String

    /// Takes one whole response off the front of `bytes`; nil when it is not all there.
    init?(_ bytes: inout [UInt8], hasBody: Bool = true) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first, let code = Int(status) else {
            return nil
        }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstRange(of: ": ") else { return nil }
            fields[line[..<colon.lowerBound].lowercased()] = String(line[colon.upperBound...])
        }
        let length = hasBody ? fields["content-length"].flatMap { Int($0) } ?? 0 : 0
        let headLength = text[..<end.upperBound].utf8.count
        guard bytes.count >= headLength + length else { return nil }
        self.code = code
        self.fields = fields
        body = String(decoding: bytes[headLength..<headLength + length], as: UTF8.self)
        bytes.removeFirst(headLength + length)
    }
}
