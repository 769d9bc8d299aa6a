// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP2

/// What a client may do with frames before its connection ends with `ENHANCE_YOUR_CALM`.
///
/// | what | limit |
/// |---|---|
/// | streams at a time | 100 |
/// | fields of a request | ``ServerLimits/fieldBytes`` with the request line's, as the client is told |
/// | streams reset (CVE-2023-44487) | 200 in 30 s |
/// | streams in error (CVE-2025-8671) | 200 in 30 s |
/// | PING, SETTINGS, PRIORITY (CVE-2019-9512, 9515) | 200 in 30 s |
/// | empty DATA in a row (CVE-2019-9518) | 1 |
/// | CONTINUATION in a row (CVE-2024-27316) | 5 |
/// | answers to control frames that wait to be read | 1,000 |
enum HTTP2Limits {
    /// Streams of one connection at a time.
    static let streams = 100

    /// The settings of a connection.
    static func connection(_ limits: ServerLimits) -> NIOHTTP2Handler.ConnectionConfiguration {
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: streams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: limits.requestLineBytes + limits.fieldBytes),
        ]
        connection.maximumSequentialEmptyDataFrames = 1
        connection.maximumBufferedControlFrames = 1_000
        connection.maximumSequentialContinuationFrames = 5
        connection.maximumRecentlyResetStreams = 100
        connection.controlFrameRateLimit.maximumCount = 200
        connection.controlFrameRateLimit.windowLength = .seconds(30)
        return connection
    }

    /// The limits that are counted over the streams of a connection.
    static var stream: NIOHTTP2Handler.StreamConfiguration {
        var stream = NIOHTTP2Handler.StreamConfiguration()
        stream.streamResetFrameRateLimit.maximumCount = 200
        stream.streamResetFrameRateLimit.windowLength = .seconds(30)
        stream.streamErrorRateLimit.maximumCount = 200
        stream.streamErrorRateLimit.windowLength = .seconds(30)
        return stream
    }

    /// A client that says nothing for so long, while it has streams, is asked for a sign of life.
    static let silence = Duration.seconds(60)
    /// How long the sign may take.
    static let patience = Duration.seconds(20)
}
