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
    static let timeout = Duration.seconds(5)
    /// The longest answer that is read; 50,000 targets fit.
    private static let maximumBytes = 256 * 1024 * 1024

    /// When a wait is over, and how long it was to be.
    struct Deadline {
        let timeout: Duration
        let instant: ContinuousClock.Instant

        init(_ timeout: Duration) {
            self.timeout = timeout
            instant = .now.advanced(by: timeout)
        }
    }

    private let place: StatusQuery.Place

    init(_ place: StatusQuery.Place) {
        self.place = place
    }

    /// The body of the answer to `GET path`.
    ///
    /// - Throws: why there is none, for people.
    func get(_ path: String) throws(Problem) -> [UInt8] {
        let answer = try exchange("GET", path)
        guard answer.code == 200 else { throw Problem(message: "it answers \"\(answer.statusLine)\"") }
        return answer.body
    }

    /// The answer to a request, whatever its code.
    ///
    /// - Throws: why there is none, for people.
    func exchange(
        _ method: String,
        _ path: String,
        body: [UInt8] = [],
        within timeout: Duration = StatusConnection.timeout
    ) throws(Problem) -> AgentAnswer {
        let end = Deadline(timeout)
        let descriptor = try connected(by: end)
        defer { close(descriptor) }
        try write(method, path, body, to: descriptor, by: end)
        return try AgentAnswer(try readToEnd(descriptor, by: end))
    }

    /// Reads the lines of an answer that goes on, until `each` says that it is enough or the agent ends it.
    ///
    /// - Parameters:
    ///   - path: what is asked.
    ///   - silence: the longest time without a byte.
    ///   - each: is given a line without its end; false stops.
    /// - Throws: why there is no answer, or why it broke off.
    func follow(_ path: String, silence: Duration, each: (String) -> Bool) throws(Problem) {
        let end = Deadline(Self.timeout)
        let descriptor = try connected(by: end)
        defer { close(descriptor) }
        try write("GET", path, [], to: descriptor, by: end)
        var lines = LineReader()
        var buffer = [UInt8](repeating: 0, count: 64 * 1_024)
        while true {
            try wait(descriptor, for: POLLIN, by: lines.isInBody ? Deadline(silence) : end)
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            guard count >= 0 else { throw Self.last }
            guard count > 0 else { return try lines.finish() }
            for line in try lines.take(buffer.prefix(count)) {
                guard each(line) else { return }
            }
        }
    }

    private func write(
        _ method: String,
        _ path: String,
        _ body: [UInt8],
        to descriptor: CInt,
        by end: Deadline
    ) throws(Problem) {
        var head = "\(method) \(path) HTTP/1.0\r\nHost: localhost\r\nAccept: application/json\r\n"
        if method != "GET" { head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n" }
        var rest = (Array((head + "\r\n").utf8) + body)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count < 0 && errno == EAGAIN {
                try wait(descriptor, for: POLLOUT, by: end)
                continue
            }
            guard count > 0 else { throw Self.last }
            rest = rest.dropFirst(count)
        }
    }

    private func connected(by end: Deadline) throws(Problem) -> CInt {
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
        by end: Deadline,
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

    private func readToEnd(_ descriptor: CInt, by end: Deadline) throws(Problem) -> [UInt8] {
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

    private func wait(_ descriptor: CInt, for events: CInt, by end: Deadline) throws(Problem) {
        let left = ContinuousClock.now.duration(to: end.instant) / .milliseconds(1)
        var waiting = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        guard left > 0, poll(&waiting, 1, CInt(min(left.rounded(.up), 1e9))) > 0 else {
            throw Problem(message: "no whole answer within \(end.timeout.readable)")
        }
    }

    private static var last: Problem { Problem(message: SystemError.last.text) }
}
