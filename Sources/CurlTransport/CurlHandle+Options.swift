// SPDX-License-Identifier: Apache-2.0

import CCurl
import HealthModel
import LinuxRuntime

extension CurlHandle {
    /// Sets what holds for every probe: nothing from the environment, nothing kept but the connection, nothing unbounded.
    func setPolicy() {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        // Redirects are followed by us, so that the rule about hosts holds.
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_MAXREDIRS, 0)
        set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        set(CURLOPT_HTTP09_ALLOWED, 0)
        set(CURLOPT_BUFFERSIZE, 16 * 1024)
        // Names are resolved by us; libcurl's cache is pruned linearly at every look-up when it may expire.
        set(CURLOPT_DNS_CACHE_TIMEOUT, -1)
        // A resumed session sends no certificate, so an expired one would go unnoticed.
        set(CURLOPT_SSL_SESSIONID_CACHE, 0)
        // The trusted authorities come from AuthorityStore; without these two libcurl would load the system's for every probe.
        set(CURLOPT_CAPATH, nil)
        set(CURLOPT_CAINFO, nil)
    }

    /// Sets the functions that libcurl calls; their contexts are set apart.
    func setCallbacks() {
        unsafe note(ccurl_set_data_function(easy, CURLOPT_WRITEFUNCTION, CurlCallbacks.takeBody), CURLOPT_WRITEFUNCTION)
        unsafe note(
            ccurl_set_data_function(easy, CURLOPT_HEADERFUNCTION, CurlCallbacks.takeHeader),
            CURLOPT_HEADERFUNCTION
        )
        unsafe note(ccurl_set_open_function(easy, CurlCallbacks.openSocket), CURLOPT_OPENSOCKETFUNCTION)
        unsafe note(ccurl_set_close_function(easy, CurlCallbacks.closeSocket), CURLOPT_CLOSESOCKETFUNCTION)
        unsafe note(ccurl_set_prerequest_function(easy, CurlCallbacks.beforeRequest), CURLOPT_PREREQFUNCTION)
        unsafe note(ccurl_set_tls_function(easy, CurlCallbacks.prepareTLS), CURLOPT_SSL_CTX_FUNCTION)
    }

    /// Lets libcurl tell all that it sends and receives.
    func setTracing() {
        unsafe note(ccurl_set_debug_function(easy, CurlCallbacks.takeDown), CURLOPT_DEBUGFUNCTION)
        set(CURLOPT_VERBOSE, 1)
    }

    /// Sets what one request needs, wherever it goes.
    func set(_ request: HTTPRequest) {
        set(CURLOPT_SSL_VERIFYPEER, request.tls.verify ? 1 : 0)
        set(CURLOPT_SSL_VERIFYHOST, request.tls.verify ? 2 : 0)
        setProxy(request.proxy)
        set(CURLOPT_HTTP_CONTENT_DECODING, request.decompresses ? 1 : 0)
        if request.decompresses { set(CURLOPT_ACCEPT_ENCODING, ContentCoding.offer) }
        setMethod(request)
    }

    /// Sets the proxy, or that there is none; both options keep libcurl from reading the environment.
    private func setProxy(_ proxy: HostPort?) {
        guard let proxy else {
            set(CURLOPT_PROXY, "")
            set(CURLOPT_NOPROXY, "*")
            return
        }
        set(CURLOPT_PROXY, "http://\(proxy)")
        set(CURLOPT_NOPROXY, "")
        // What the request says is for the target's ears, and what the proxy says to CONNECT is no part of the answer.
        set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_PROXYHEADER, list: ["User-Agent: bellwether"])
    }

    /// Sets the method and the body; also undoes `setMethodToGet`.
    func setMethod(_ request: HTTPRequest) {
        // Each of these three changes what libcurl makes of the others, so the order matters.
        set(CURLOPT_HTTPGET, 1)
        set(CURLOPT_NOBODY, 0)
        set(CURLOPT_CUSTOMREQUEST, nil)
        switch (request.method, request.body) {
        case ("GET", nil): break
        case ("HEAD", _): set(CURLOPT_NOBODY, 1)
        case ("POST", let body):
            set(CURLOPT_POST, 1)
            set(body: body ?? [])
        case (let method, let body?):
            set(CURLOPT_POST, 1)
            set(body: body)
            set(CURLOPT_CUSTOMREQUEST, method)
        case (let method, nil):
            set(CURLOPT_CUSTOMREQUEST, method)
        }
    }

    /// Makes the next transfer a `GET` without a body.
    func setMethodToGet() {
        set(CURLOPT_CUSTOMREQUEST, nil)
        set(CURLOPT_HTTPGET, 1)
    }

    /// Sets where the next transfer goes: the request's own URL, or one that it was redirected to.
    ///
    /// A server name of its own stands in the URL, because libcurl takes SNI and the name to check from there; the address
    /// comes from the connect-to list and the `Host` field from the headers. A given address stands there, too: so libcurl
    /// tells connections to different addresses of one name apart.
    func set(_ url: HTTPURL, of request: HTTPRequest, _ relation: TargetRelation) {
        let isTarget = relation != .elsewhere
        let serverName = url.isSecure && isTarget ? request.tls.serverName : nil
        let authority = serverName.map { "\($0):\(url.address.port)" } ?? url.address.description
        set(CURLOPT_URL, "\(url.isSecure ? "https" : "http")://\(authority)\(url.pathAndQuery)")
        set(CURLOPT_HTTP_VERSION, Self.version(of: request, to: url))
        setReuse(of: request, to: url, relation)
        if let address = request.resolve, isTarget {
            set(CURLOPT_CONNECT_TO, list: ["::\(address.hostText):\(url.address.port)"])
        } else {
            // Names the real host apart from the server name: so connections to several hosts under one are not mixed up.
            set(CURLOPT_CONNECT_TO, list: serverName == nil ? [] : ["::\(url.address)"])
        }
        if let path = request.unixSocket { set(CURLOPT_UNIX_SOCKET_PATH, isTarget ? path : nil) }
    }

    /// Sets whether the next transfer may take a kept connection, and whether its own is kept.
    ///
    /// Not one to another host than the target's: it was made without what is the target's own.
    func setReuse(of request: HTTPRequest, to url: HTTPURL, _ relation: TargetRelation = .sameOrigin) {
        let keeps = relation != .elsewhere && request.keepsConnection(to: url)
        set(CURLOPT_FORBID_REUSE, keeps ? 0 : 1)
        set(CURLOPT_FRESH_CONNECT, keeps ? 0 : 1)
    }

    /// Sets the request fields: the request's own, and `fields` after them, as far as they may go to a URL of this relation.
    func setHeaders(of request: HTTPRequest, to url: HTTPURL, _ relation: TargetRelation, adding fields: [HTTPField]) {
        var request = request
        request.headers = request.fields(for: relation, adding: fields)
        if relation == .elsewhere { request.tls.serverName = nil }
        set(CURLOPT_HTTPHEADER, list: Self.headerLines(of: request, to: url))
    }

    private static func version(of request: HTTPRequest, to url: HTTPURL) -> Int {
        switch request.version {
        case .auto where url.isSecure: Int(CURL_HTTP_VERSION_2TLS)
        case .auto, .http1: Int(CURL_HTTP_VERSION_1_1)
        case .http2 where url.isSecure, .http2PriorKnowledge where url.isSecure: Int(CURL_HTTP_VERSION_2TLS)
        case .http2, .http2PriorKnowledge: Int(CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE)
        }
    }

    /// The lines for CURLOPT_HTTPHEADER, where `name:` leaves a field out and `name;` sends it empty.
    static func headerLines(of request: HTTPRequest, to url: HTTPURL) -> [String] {
        var lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        let given = Set(request.headers.map { $0.name.lowercased() })
        if !given.contains("user-agent") { lines.append("User-Agent: bellwether") }
        if !given.contains("expect") { lines.append("Expect:") }
        if !given.contains("content-type") { lines.append("Content-Type:") }
        if request.tls.serverName != nil, url.isSecure, !given.contains("host") {
            lines.append("Host: \(url.address.port == 443 ? hostText(url.address) : url.address.description)")
        }
        return lines
    }

    private static func hostText(_ address: HostPort) -> String {
        address.isBracketed ? "[\(address.host)]" : address.host
    }
}

extension HTTPRequest {
    /// Whether the connection to `url` is kept.
    ///
    /// Not one that speaks HTTP/2 from its first byte: libcurl 7.88.1 fails with `CURLE_HTTP2` when it uses such a one again
    /// (curl issue 10634).
    func keepsConnection(to url: HTTPURL) -> Bool {
        connection == .reuse && (url.isSecure || !version.requiresHTTP2)
    }
}
