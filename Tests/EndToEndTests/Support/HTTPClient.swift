// SPDX-License-Identifier: Apache-2.0

import Glibc

/// One plain HTTP request on a connection of its own, with a deadline; independent of the code under test.
struct HTTPAnswer {
    var status: Int
    var headers: [String: String]
    var body: String
}

enum HTTPClient {
    /// The answer of 127.0.0.1:`port`; nil when there is none.
    static func get(
        _ path: String,
        port: UInt16,
        method: String = "GET",
        fields: String = "",
        deadline: Deadline = Deadline(.seconds(10))
    ) -> HTTPAnswer? {
        let request = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(fields)Connection: close\r\n\r\n"
        return exchange(request, port: port, deadline: deadline).flatMap(parse)
    }

    /// Sends bytes and reads until the peer closes.
    static func exchange(_ request: String, port: UInt16, deadline: Deadline = Deadline(.seconds(10))) -> [UInt8]? {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = Port.loopback(port)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard connected, send(descriptor, request, request.utf8.count, CInt(MSG_NOSIGNAL)) > 0 else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, deadline.milliseconds) > 0 else { return bytes.isEmpty ? nil : bytes }
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return bytes.isEmpty ? nil : bytes }
            bytes += buffer.prefix(count)
        }
    }

    private static func parse(_ bytes: [UInt8]) -> HTTPAnswer? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        guard let first = lines.first, let status = first.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return HTTPAnswer(status: status, headers: headers, body: String(text[end.upperBound...]))
    }
}

extension String {
    /// The first place where `other` stands; Swift's own search works on characters, which join CR and LF.
    func range(of other: String) -> Range<String.Index>? {
        var start = utf8.startIndex
        let pattern = Array(other.utf8)
        while start < utf8.endIndex {
            if utf8[start...].starts(with: pattern) {
                return start..<utf8.index(start, offsetBy: pattern.count)
            }
            start = utf8.index(after: start)
        }
        return nil
    }
}
