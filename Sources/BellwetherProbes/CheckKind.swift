// SPDX-License-Identifier: Apache-2.0

/// A kind of check of your own.
///
/// ```swift
/// struct QueueDepth: CheckKind {
///     static let name = "queue_depth"
///     let queue: String
///     let limit: Int
///
///     init(settings: CheckSettings) throws(CheckSettingsProblem) {
///         try settings.allow("queue", "limit")
///         queue = try settings.text("queue")
///         limit = try settings.integer("limit", in: 1...1_000_000, default: 1_000)
///     }
///
///     func check(_ context: CheckContext) async -> CheckResult {
///         let depth = await depth(of: queue)
///         return depth <= limit ? .healthy("\(depth) messages") : .degraded("\(depth) messages, limit \(limit)")
///     }
/// }
/// ```
///
/// In a file of probes.d the kind stands where `http` or `tcp` stands: `orders: {queue_depth: {queue: orders}}`; interval,
/// timeout, impact and breaker are those of every probe.
public protocol CheckKind: Sendable {
    /// The word in the configuration: `a-z`, then `a-z 0-9 _ -`, at most 32 characters, and no key that a probe has already.
    static var name: String { get }

    /// Makes a check from what a probe's definition says; once when the configuration is read, and again at each reload.
    ///
    /// It must not wait for anything: `bellwether check` and a start do this, too.
    /// - Throws: what is wrong with the settings; it is shown with file, line and column, and refuses the configuration.
    init(settings: CheckSettings) throws(CheckSettingsProblem)

    /// Checks once.
    ///
    /// Called on a thread apart from the agent's other work, never twice at the same time for one probe. At the deadline the task
    /// is cancelled, the run has timed out, and a later result is dropped; until it returns no further run is begun, and
    /// those that are due have timed out, too.
    @concurrent func check(_ context: CheckContext) async -> CheckResult
}
