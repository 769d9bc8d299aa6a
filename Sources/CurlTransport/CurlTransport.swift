// SPDX-License-Identifier: Apache-2.0

import HealthModel
package import LinuxRuntime

/// HTTP over libcurl: HTTPS, HTTP/2 and everything rich.
///
/// Exchanges that trust the same authorities and use the same address family share shards of about 64 each. Connections are
/// kept per shard, so one that was verified against other authorities is never reused.
package final class CurlTransport: HTTPTransport {
    /// How many exchanges a shard takes before another is made.
    static let exchangesPerShard = 64
    /// How many shards there are at most for the same authorities; past this they grow.
    static let maximumShards = 64

    private let resolver: any Resolver
    private var pools: [PoolKey: CurlPool] = [:]

    /// Makes a transport that resolves names with `resolver`.
    package init(resolver: any Resolver) {
        self.resolver = resolver
    }

    package func prepare(_ request: HTTPRequest, on loop: isolated EventLoop) -> any HTTPExchange {
        // Only what may ever speak TLS needs authorities.
        let mayUseTLS = request.url.isSecure || request.redirects > 0
        let path = request.tls.authorityFile ?? AuthorityStore.systemBundle
        let key = PoolKey(
            authorities: mayUseTLS && request.tls.verify ? path : nil,
            family: request.family,
            version: request.version
        )
        let pool = pools[key] ?? CurlPool(authorities: key.authorities.map { AuthorityStore(path: $0) })
        pools[key] = pool
        return CurlExchange(request, in: pool, key: key, transport: self, resolver: resolver, on: loop)
    }

    /// Forgets a pool that nobody uses.
    func release(_ key: PoolKey) {
        if pools[key]?.isEmpty == true { pools[key] = nil }
    }
}

/// What exchanges must have in common to share connections and a table of addresses.
struct PoolKey: Hashable {
    /// The file of the trusted authorities; nil where nothing is verified.
    var authorities: String?
    var family: HTTPRequest.AddressFamily
    var version: HTTPVersion
}

/// The shards of all exchanges that trust the same authorities.
final class CurlPool {
    /// nil for exchanges that verify nothing.
    let authorities: AuthorityStore?
    private var shards: [CurlShard] = []

    init(authorities: AuthorityStore?) {
        self.authorities = authorities
    }

    var isEmpty: Bool { shards.isEmpty }

    /// The shard with the fewest exchanges, or a new one when all are full; nil when none can be made.
    func join(on loop: isolated EventLoop) -> CurlShard? {
        var emptiest = shards.min { $0.exchangeCount < $1.exchangeCount }
        if (emptiest?.exchangeCount ?? .max) >= CurlTransport.exchangesPerShard,
            shards.count < CurlTransport.maximumShards, let fresh = CurlShard(on: loop)
        {
            shards.append(fresh)
            emptiest = fresh
        }
        emptiest?.join()
        return emptiest
    }

    /// Gives a shard back; one that nobody uses is closed with all its connections.
    func leave(_ shard: CurlShard, on loop: isolated EventLoop) {
        shard.leave(on: loop)
        shards.removeAll { $0.exchangeCount == 0 }
    }
}
