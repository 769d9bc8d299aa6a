// SPDX-License-Identifier: Apache-2.0

/// An HTTP or HTTPS request and what its answer must be.
package struct HTTPProbe: Hashable, Sendable {
    /// Where the request goes.
    package var url: HTTPURL
    /// The request method, an RFC 9110 token in capitals.
    package var method: String
    /// Request fields in the order written; a `Host` field replaces the one made from the URL.
    package var headers: [HTTPField]
    /// Request fields whose values must not be shown; sent after `headers`.
    package var secretHeaders: [SecretField]
    /// What goes into the `Authorization` field; nil leaves it to `headers`.
    package var credentials: HTTPCredentials?
    /// The request body; nil sends none, or that of `bodyFile`.
    package var body: String?
    /// The absolute path of a file that holds the request body, at most 1 MiB; read again when it has changed.
    package var bodyFile: String?
    /// Which version of HTTP is spoken.
    package var version: HTTPVersion
    /// What a passing answer looks like.
    package var expect: HTTPExpectation
    /// An answer slower than this is degraded; nil = never.
    package var slow: Duration?
    /// How many redirects are followed, 0 to 10.
    package var redirects: Int
    /// Hosts besides the URL's own to which a redirect may lead, in lower case.
    package var redirectHosts: [String]
    /// Whether the connection is kept between probes.
    package var connection: ConnectionUse
    /// Most bytes of the answer's body that are read; a longer body fails as `too_large`.
    package var maximumBodyBytes: Int
    /// Whether compressed answers are asked for and undone; the bytes that are counted are those after that.
    package var decompresses: Bool
    /// The proxy that the request goes through, spoken to by plain HTTP; nil = none, whatever the environment says.
    package var proxy: HostPort?
    /// The absolute path of the Unix socket that is connected to instead of the URL's host; nil = none.
    package var unixSocket: String?
    /// Which of the host's addresses are contacted, and from where.
    package var address: AddressChoice
    /// How the server's certificate is checked.
    package var tls: TLSSettings

    package init(
        url: HTTPURL,
        method: String = "GET",
        headers: [HTTPField] = [],
        secretHeaders: [SecretField] = [],
        credentials: HTTPCredentials? = nil,
        body: String? = nil,
        bodyFile: String? = nil,
        version: HTTPVersion = .auto,
        expect: HTTPExpectation = HTTPExpectation(),
        slow: Duration? = nil,
        redirects: Int = 0,
        redirectHosts: [String] = [],
        connection: ConnectionUse = .reuse,
        maximumBodyBytes: Int = 64 * 1024,
        decompresses: Bool = false,
        proxy: HostPort? = nil,
        unixSocket: String? = nil,
        address: AddressChoice = AddressChoice(),
        tls: TLSSettings = TLSSettings()
    ) {
        self.url = url
        self.method = method
        self.headers = headers
        self.secretHeaders = secretHeaders
        self.credentials = credentials
        self.body = body
        self.bodyFile = bodyFile
        self.version = version
        self.expect = expect
        self.slow = slow
        self.redirects = redirects
        self.redirectHosts = redirectHosts
        self.connection = connection
        self.maximumBodyBytes = maximumBodyBytes
        self.decompresses = decompresses
        self.proxy = proxy
        self.unixSocket = unixSocket
        self.address = address
        self.tls = tls
    }
}

/// One request or response field.
package struct HTTPField: Hashable, Sendable {
    /// The field's name as written.
    package var name: String
    /// The field's value, free of CR, LF and NUL.
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// Whether a probe keeps its connection for the next one.
package enum ConnectionUse: String, CaseIterable, Hashable, Sendable {
    /// Keep it; a connection that died between probes is replaced without counting a failure. The default.
    case reuse
    /// Open a new one for every probe and reset it afterwards.
    case fresh
}
