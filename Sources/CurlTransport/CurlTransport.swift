// SPDX-License-Identifier: Apache-2.0

import HealthModel
package import LinuxRuntime
package import TransportSecurity

/// HTTP over libcurl: HTTPS, HTTP/2 and everything rich.
///
/// Exchanges that do TLS the same way and use the same addresses of both sides share shards of about 64 each. Connections are kept per
/// shard, so one that was verified against other authorities, or showed another certificate, is never reused.
package final class CurlTransport: HTTPTransport {
    /// How many exchanges a shard takes before another is made.
    static let exchangesPerShard = 64
    /// How many shards there are at most for the same way of TLS; past this they grow.
    static let maximumShards = 64

    private let resolver: any Resolver
    private let files: TLSFiles
    private var pools: [PoolKey: CurlPool] = [:]

    /// Makes a transport without any connection.
    ///
    /// - Parameters:
    ///   - resolver: finds the addresses of names.
    ///   - files: the authorities and client certificates, which other transports may share.
    package init(resolver: any Resolver, files: TLSFiles = TLSFiles()) {
        self.resolver = resolver
        self.files = files
    }

    package func prepare(_ request: HTTPRequest, on loop: isolated EventLoop) -> any HTTPExchange {
        precondition(!request.streamsAnswer, "libcurl tells no answer part by part: \(request.url.text)")
        // Only what may ever speak TLS needs authorities.
        let mayUseTLS = request.url.isSecure || request.redirects > 0
        let key = PoolKey(request, mayUseTLS: mayUseTLS)
        let pool = pools[key] ?? CurlPool(tls: key.tls.map { files.profile(for: $0) })
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
    /// How TLS is done; nil where there is none.
    let tls: TLSSettings?
    let family: AddressFamily
    let version: HTTPVersion
    /// libcurl knows nothing of the address that connections come from.
    let source: IPAddress?

    init(_ request: HTTPRequest, mayUseTLS: Bool) {
        family = request.family
        version = request.version
        source = request.source
        var tls = mayUseTLS ? request.tls : nil
        // What is made of a certificate's end is not the connection's affair.
        tls?.expiry = CertificateExpiry()
        // libcurl tells connections apart by the name in the URL, which is the server name where there is one.
        tls?.serverName = nil
        self.tls = tls
    }
}

/// The shards of all exchanges that do TLS the same way.
final class CurlPool {
    /// nil for exchanges without TLS.
    let tls: TLSProfile?
    private var shards: [CurlShard] = []

    init(tls: TLSProfile?) {
        self.tls = tls
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
