// SPDX-License-Identifier: Apache-2.0

/// On whose behalf a call is made.
///
/// It is part of the key of every cached answer, so that nobody is served what was fetched for somebody else.
public struct SecurityContext: Sendable, Hashable {
    /// Nobody in particular.
    public static let anonymous = SecurityContext()

    /// The context of the current task; anonymous unless somebody has set one with `SecurityContext.$current.withValue`.
    @TaskLocal public static var current = SecurityContext.anonymous

    /// The user or service.
    public let principal: String?
    /// The tenant.
    public let tenant: String?

    /// A context.
    ///
    /// - Parameters:
    ///   - principal: the user or service.
    ///   - tenant: the tenant.
    public init(principal: String? = nil, tenant: String? = nil) {
        self.principal = principal
        self.tenant = tenant
    }
}
