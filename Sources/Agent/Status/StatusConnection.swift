// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime

/// One request to a running agent, with a deadline for all of it.
///
/// HTTP/1.0 on purpose: the answer ends with the connection, so there is nothing to take apart but the header.
struct StatusConnection {
    /// Why there is no answer.
    struct Problem: Error {
        let message: String
    }

    /// How long the whole request may take.
    private static let timeout = Duration.seconds(5)
    /// The longest answer that is read; 50,000 targets fit.
    private static let maximumBytes = 256 * 1024 * 1024

    private let place: StatusQuery.Place

    init(_ place: StatusQuery.Place) {
        self.place = place
    }

    /// The body of the answer to `GET path`.
    ///
    /// - Throws: why there is none, for people.
    func get(_ path: String) throws(Problem) -> [UInt8] {
        let end = ContinuousClock.now.advanced(by: Self.timeout)
        let descriptor = try connected(by: end)
        defer { close(descriptor) }
        let request = Array("GET \(path) HTTP/1.0\r\nHost: localhost\r\nAccept: application/json\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, CInt(MSG_NOSIGNAL)) == request.count else { throw Self.last }
        return try Self.body(of: try readToEnd(descriptor, by: end))
    }

    private func connected(by end: ContinuousClock.Instant) throws(Problem) -> CInt {
        switch place {
        case .unix(let path):
            let bytes = Array(path.utf8)
            var address = sockaddr_un()
            guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
                throw Problem(message: "the path is too long")
            }
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            return try connected(AF_UNIX, by: end) { descriptor in
                withUnsafePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                    }
                }
            }
        case .tcp(let text):
            let address: HostPort
            do throws(HostPort.Problem) { address = try HostPort(text) } catch { throw Problem(message: error.message) }
            let host = address.host == "localhost" ? "127.0.0.1" : address.host
            guard let native = SocketAddress(numeric: host, port: UInt16(address.port)) else {
                throw Problem(message: "\(address.host) is not a numeric address")
            }
            return try connected(native.family, by: end) { descriptor in
                native.withNative { connect(descriptor, $0, $1) }
            }
        }
    }

    private func connected(
        _ family: CInt,
        by end: ContinuousClock.Instant,
        _ connect: (CInt) -> CInt
    ) throws(Problem) -> CInt {
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw Self.last }
        do throws(Problem) {
            if connect(descriptor) != 0 {
                guard errno == EINPROGRESS else { throw Self.last }
                try wait(descriptor, for: POLLOUT, by: end)
                var code: CInt = 0
                var length = socklen_t(MemoryLayout<CInt>.size)
                getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
                guard code == 0 else { throw Problem(message: SystemError(code: code).text) }
            }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    private func readToEnd(_ descriptor: CInt, by end: ContinuousClock.Instant) throws(Problem) -> [UInt8] {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 256 * 1024)
        while true {
            try wait(descriptor, for: POLLIN, by: end)
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            guard count >= 0 else { throw Self.last }
            guard count > 0 else { return answer }
            answer += buffer.prefix(count)
            guard answer.count <= Self.maximumBytes else { throw Problem(message: "the answer is too long") }
        }
    }

    private func wait(_ descriptor: CInt, for events: CInt, by end: ContinuousClock.Instant) throws(Problem) {
        let left = ContinuousClock.now.duration(to: end) / .milliseconds(1)
        var waiting = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        guard left > 0, poll(&waiting, 1, CInt(left.rounded(.up))) > 0 else {
            throw Problem(message: "no whole answer within \(Self.timeout.readable)")
        }
    }

    private static func body(of answer: [UInt8]) throws(Problem) -> [UInt8] {
        let blank: [UInt8] = [13, 10, 13, 10]
        guard let end = answer.indices.first(where: { answer[$0...].starts(with: blank) }) else {
            throw Problem(message: "no HTTP answer")
        }
        let statusLine = String(decoding: answer.prefix { $0 != 13 }, as: UTF8.self)
        guard statusLine.split(separator: " ").dropFirst().first == "200" else {
            throw Problem(message: "it answers \"\(statusLine)\"")
        }
        return Array(answer[(end + blank.count)...])
    }

    private static var last: Problem { Problem(message: SystemError.last.text) }
}
