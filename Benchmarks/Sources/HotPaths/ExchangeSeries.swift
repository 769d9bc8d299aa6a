// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

@testable import SocketTransport

/// Exchanges one after the other over one connection that is kept; lives on one loop.
final class ExchangeSeries: HTTPExchangeObserver {
    private let exchange: HTTP1Exchange
    private var left: Int

    init(_ request: HTTPRequest, times: Int) {
        exchange = HTTP1Exchange(request, resolver: SilentResolver(), workspace: HTTP1Workspace())
        left = times
    }

    /// Starts the next exchange; after the last one the connection is closed.
    func next(on loop: isolated EventLoop) {
        guard left > 0 else { return exchange.close(on: loop) }
        left -= 1
        exchange.start(deadline: loop.now.advanced(by: .seconds(5)), token: 0, for: self, on: loop)
    }

    func exchanged(_ result: HTTPExchangeResult, token: UInt64, on loop: isolated EventLoop) {
        guard case .answered(let answer) = result.ending, answer.status == 200 else {
            preconditionFailure("an exchange ended as \(result)")
        }
        next(on: loop)
    }
}

/// Is never asked: the address is numeric.
private final class SilentResolver: Resolver {
    func resolve(
        _ host: String,
        port: UInt16,
        token: UInt64,
        for observer: any ResolutionObserver,
        on loop: isolated EventLoop
    ) {}
}
