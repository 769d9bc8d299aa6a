// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

@testable import SocketTransport

/// What nginx says on a kept connection.
private let answer = Array(
    """
    HTTP/1.1 200 OK\r
    Server: nginx/1.22.1\r
    Date: Sat, 21 Nov 2026 16:00:00 GMT\r
    Content-Type: text/html\r
    Content-Length: 20\r
    Last-Modified: Sat, 21 Nov 2026 10:00:00 GMT\r
    Connection: keep-alive\r
    ETag: "6922f3a0-14"\r
    Accept-Ranges: bytes\r
    \r
    {"status": "passing"}
    """.utf8.dropLast()
)

/// A request for an answer of which everything is looked at, or the status only.
private func request(sufficientStatuses: ClosedRange<Int>? = nil) -> HTTPRequest {
    HTTPRequest(
        url: HTTPURL(isSecure: false, address: HostPort(ipv4: (192, 0, 2, 1), port: 80), path: "/health"),
        sufficientStatuses: sufficientStatuses
    )
}

extension HotPath {
    /// One answer taken apart.
    static let reader = HotPath(name: "http1-reader") {
        var reader = HTTP1ResponseReader(request())
        return { operations in
            for _ in 0..<operations {
                reader.reset()
                let taken = try? reader.take(answer.span)
                let status = reader.takeAnswer()?.status
                precondition(taken == answer.count && status == 200, "the answer is not understood")
            }
        }
    }

    /// One exchange over a kept connection, from the request to the result, a turn of the loop included.
    static let exchange = HotPath(name: "http1-exchange") {
        let kernel = CannedKernel(answer: answer)
        let loop = EventLoop(kernel: kernel)
        return { operations in
            let before = kernel.answers
            Task.immediate { await begin(operations, on: loop) }
            loop.run(until: kernel.now.advanced(by: .seconds(1)))
            precondition(kernel.answers - before == operations, "not every exchange has had its answer")
        }
    }

    private static func begin(_ operations: Int, on loop: isolated EventLoop) async {
        ExchangeSeries(request(sufficientStatuses: 200...299), times: operations).next(on: loop)
    }
}
