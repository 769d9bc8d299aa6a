// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The ranges of what may be written, for the reader and the schema alike.
enum Limits {
    static let interval = Duration.milliseconds(100) ... .days(7)
    static let timeout = Duration.milliseconds(1) ... .days(7)
    static let initialDelay = Duration.zero ... .days(7)
    /// The largest share that a random shift may have.
    static let jitter = 0.5
    static let slow = Duration.milliseconds(1) ... .days(7)
    static let attempts = 1...10
    static let retryBackoff = Duration.zero ... .seconds(60)

    static let failureThreshold = 0...10_000
    static let minimumCalls = 1...10_000
    static let halfOpenCalls = 1...1_000
    /// A time between two probes of a breaker that is not closed.
    static let pause = Duration.milliseconds(100) ... .days(7)
    static let multiplier = 1.0...100.0

    static let redirects = 0...10
    static let maximumBody = 1...HTTPProbeReader.largestBody
    static let maximumMessage = 1...WebSocketProbeReader.largestMessage
    static let maximumOutput = 1...ScriptProbeReader.mostOutput
    static let scriptMemory = 16 * 1_024 * 1_024...1 << 50
    static let scriptTime = Duration.seconds(1) ... .seconds(3_600)
    static let scriptFile = 0...1 << 50
    static let echoRequests = 1...10
    static let echoSize = 0...1_400
    static let expiry = Duration.seconds(1)...TLSReader.longestExpiry
    static let resumption = Duration.seconds(1)...TLSReader.longestResumption

    static let drain = Duration.zero...AgentReader.longestDrain
    static let staleness = 1...100
    static let loops = 1...LoopSetting.most
    static let scriptsAtOnce = 1...1_000
}
