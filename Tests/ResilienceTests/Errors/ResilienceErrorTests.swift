// SPDX-License-Identifier: Apache-2.0

import Resilience
import Testing

@Suite("Resilience error")
struct ResilienceErrorTests {
    struct Row: Sendable {
        var error: ResilienceError
        var code: String
        var http: Int
        var grpc: Int
        var field: String?
    }

    @Test(
        "every case has its code, statuses and Retry-After (row E1, T3)",
        arguments: [
            Row(
                error: .circuitOpen(retryAfter: .milliseconds(1_001)),
                code: "circuit_open",
                http: 503,
                grpc: 14,
                field: "2"
            ),
            Row(error: .circuitOpen(retryAfter: nil), code: "circuit_open", http: 503, grpc: 14),
            Row(error: .poolExhausted, code: "pool_exhausted", http: 503, grpc: 8),
            Row(
                error: .rateLimitExceeded(retryAfter: .milliseconds(10)),
                code: "rate_limit_exceeded",
                http: 429,
                grpc: 8,
                field: "1"
            ),
            Row(error: .bulkheadFull, code: "bulkhead_full", http: 503, grpc: 8),
            Row(error: .transient, code: "transient", http: 503, grpc: 14),
            Row(error: .permanent, code: "permanent", http: 500, grpc: 13),
            Row(error: .connectionCreation, code: "connection_creation", http: 503, grpc: 14),
            Row(error: .unhealthyConnection, code: "unhealthy_connection", http: 503, grpc: 14),
            Row(error: .timeout(.seconds(2)), code: "timeout", http: 504, grpc: 4),
            Row(error: .maxRetriesExceeded(attempts: 3), code: "max_retries_exceeded", http: 503, grpc: 14),
        ]
    )
    func mapping(row: Row) {
        #expect(row.error.code == row.code)
        #expect(row.error.httpStatus == row.http)
        #expect(row.error.grpcCode == row.grpc)
        #expect(row.error.retryAfterField == row.field)
        #expect(row.error.isRetryable == (row.error != .permanent))
    }

    @Test("policies are looked through down to the reason")
    func nested() {
        let limited = RateLimitRejection.exceeded(retryAfter: .seconds(3))
        #expect(
            ResilienceError.describing(BulkheadError<RateLimitRejection>.operation(limited))
                == .rateLimitExceeded(retryAfter: .seconds(3))
        )
        #expect(
            ResilienceError.describing(
                CircuitBreakerError<TimeoutError<Never>>.operation(.timedOut(after: .seconds(1)))
            )
                == .timeout(.seconds(1))
        )
        #expect(ResilienceError.describing(BulkheadRejection.timedOut(after: .seconds(1))) == .bulkheadFull)
        #expect(ResilienceError.describing(BulkheadRejection.cancelled) == nil)
        #expect(ResilienceError.describing(CancellationError()) == nil)
    }
}
