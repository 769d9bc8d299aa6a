// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// One request as a transport needs it: everything that is the same for every exchange.
package struct HTTPRequest: Hashable, Sendable {
    /// Where the request goes.
    package var url: HTTPURL
    /// An RFC 9110 token in capitals.
    package var method: String
    /// Request fields in the order they are sent; a `Host` field replaces the one made from the URL.
    package var headers: [HTTPField]
    /// The request body; nil sends none.
    package var body: [UInt8]?
    /// Which version of HTTP is spoken.
    package var version: HTTPVersion
    /// How many redirects are followed; with 0 a redirect is an answer like any other.
    package var redirects: Int
    /// Hosts besides the URL's own to which a redirect may lead, in lower case.
    ///
    /// To another origin (scheme, host and port) none of the fields goes that are added to a single exchange, no
    /// `Authorization` and no `Cookie`.
    package var redirectHosts: [String]
    /// Whether the connection is kept between exchanges.
    package var connection: ConnectionUse
    /// Most bytes of the body that may arrive; one more ends the exchange as `too_large`.
    package var maximumBodyBytes: Int
    /// How many of them are kept for the caller, from the first on.
    package var keptBodyBytes: Int
    /// Statuses that say all: of an answer with one of them no fields need be handed out and, when it is whole, no body.
    package var sufficientStatuses: ClosedRange<Int>?
    /// Whether the answer is told part by part as it arrives; over HTTP/2 only, without redirects, decompression, proxy and socket.
    ///
    /// Then no part of the body is kept, the answer may go on for ever, and `maximumBodyBytes` bounds what arrives at once.
    package var streamsAnswer: Bool
    /// Whether compressed answers are asked for and undone; the bytes of a body are then counted as they are after that.
    package var decompresses: Bool
    /// The proxy that the request goes through, spoken to by plain HTTP; its addresses are then the ones that are used.
    package var proxy: HostPort?
    /// The absolute path of the Unix socket that is connected to instead of the URL's host.
    package var unixSocket: String?
    /// Which addresses of a name are used.
    package var family: AddressFamily
    /// The address that is used instead of those of the URL's host.
    package var resolve: IPAddress?
    /// The address of this machine that connections come from.
    package var source: IPAddress?
    /// How the server's certificate is checked.
    package var tls: TLSSettings

    package init(
        url: HTTPURL,
        method: String = "GET",
        headers: [HTTPField] = [],
        body: [UInt8]? = nil,
        version: HTTPVersion = .auto,
        redirects: Int = 0,
        redirectHosts: [String] = [],
        connection: ConnectionUse = .reuse,
        maximumBodyBytes: Int = 64 * 1024,
        keptBodyBytes: Int? = nil,
        sufficientStatuses: ClosedRange<Int>? = nil,
        streamsAnswer: Bool = false,
        decompresses: Bool = false,
        proxy: HostPort? = nil,
        unixSocket: String? = nil,
        family: AddressFamily = .any,
        resolve: IPAddress? = nil,
        source: IPAddress? = nil,
        tls: TLSSettings = TLSSettings()
    ) {
        self.url = url
        self.method = method
        self.headers = headers
        self.body = body
        self.version = version
        self.redirects = redirects
        self.redirectHosts = redirectHosts
        self.connection = connection
        self.maximumBodyBytes = maximumBodyBytes
        self.keptBodyBytes = min(keptBodyBytes ?? maximumBodyBytes, maximumBodyBytes)
        self.sufficientStatuses = sufficientStatuses
        self.streamsAnswer = streamsAnswer
        self.decompresses = decompresses
        self.proxy = proxy
        self.unixSocket = unixSocket
        self.family = family
        self.resolve = resolve
        self.source = source
        self.tls = tls
    }
}

extension AddressFamily {
    /// Whether an address belongs to the family.
    package func admits(_ address: SocketAddress) -> Bool {
        switch self {
        case .any: true
        case .ipv4: !address.isIPv6
        case .ipv6: address.isIPv6
        }
    }
}
