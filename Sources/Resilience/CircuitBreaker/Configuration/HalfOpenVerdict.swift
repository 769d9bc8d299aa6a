// SPDX-License-Identifier: Apache-2.0

/// How a half-open round is judged.
public enum HalfOpenVerdict: String, Sendable, Hashable, CaseIterable {
    /// `successThreshold` successes close, the first failure reopens.
    ///
    /// Where slow calls have a rate threshold, a round whose share of slow calls reaches it reopens instead of closing.
    case count
    /// The failure rate and the slow-call rate of all `halfOpenMaxCalls` calls decide, as they do while closed.
    ///
    /// The breaker reopens early when the rate of the whole round cannot stay below its threshold any more; it never closes
    /// early.
    case rate
}

/// Where a half-open round leads that ends without a verdict.
public enum HalfOpenExpiry: String, Sendable, Hashable, CaseIterable {
    /// Back to open, for another wait.
    case open
    /// To closed, giving the dependency the benefit of the doubt.
    case closed
}
