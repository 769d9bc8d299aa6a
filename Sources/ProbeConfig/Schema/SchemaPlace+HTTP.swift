// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension SchemaPlace {
    /// A token of RFC 9110 section 5.6.2.
    static let token = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"

    /// The mappings of HTTP, and what other kinds share with it.
    static var httpPlaces: [SchemaPlace] {
        [
            http, httpExpect,
            SchemaPlace(
                name: "httpExpectBody",
                known: ContractKeys.httpExpectBody,
                keys: [
                    SchemaKey("contains", "A text, or several, that must occur.", texts(.filledText)),
                    SchemaKey("matches", "Regular expressions (PCRE2) that must match.", texts(.expression)),
                    SchemaKey("not_matches", "Regular expressions (PCRE2) that must not match.", texts(.expression)),
                ]
            ),
            SchemaPlace(
                name: "httpAuth",
                known: ContractKeys.httpAuth,
                keys: [
                    SchemaKey("basic", "User and password (RFC 7617).", .place("httpAuthBasic")),
                    SchemaKey("bearer", "A token (RFC 6750).", .secret()),
                ],
                rules: oneKey
            ),
            SchemaPlace(
                name: "httpAuthBasic",
                known: ContractKeys.httpAuthBasic,
                keys: [
                    SchemaKey("user", "A name without colon.", .either([.textLike(pattern: "^[^:]+$"), .secret()])),
                    SchemaKey("password", "Best kept elsewhere: {file: /path}.", .secret()),
                ],
                required: ["user", "password"]
            ),
            SchemaPlace(name: "addressChoice", known: ContractKeys.addressChoice, keys: addressKeys),
            SchemaPlace(name: "tls", known: ContractKeys.tls, keys: tlsKeys + [resumeKey], rules: tlsPair),
            SchemaPlace(
                name: "tlsExpiry",
                known: ContractKeys.tlsExpiry,
                keys: [
                    SchemaKey("degraded", "Less left of the certificate is degraded.", .duration(Limits.expiry)),
                    SchemaKey("unhealthy", "Less left of the certificate is unhealthy.", .duration(Limits.expiry)),
                ]
            ),
        ]
    }

    /// What can be set about TLS.
    static var tlsKeys: [SchemaKey] {
        [
            SchemaKey("ca", "The authorities that are trusted, a PEM file.", .path, otherwise: "those of the system"),
            SchemaKey("certificate", "Shown to a server that asks, a PEM file.", .path),
            SchemaKey("key", "Its key.", .path),
            SchemaKey(
                "server_name",
                "Asked for, and checked against the certificate.",
                .textLike(pattern: "^[^:/\\s]+$"),
                otherwise: "the host"
            ),
            SchemaKey("min_version", "The oldest that is spoken.", words(TLSVersion.self), builtIn: "1.2"),
            SchemaKey("verify", "false accepts every certificate.", .truth, builtIn: "true"),
            SchemaKey("expiry", "How much must be left of the certificate.", .place("tlsExpiry")),
        ]
    }

    /// Not for the kind `tls`, which is there to see the certificate.
    private static let resumeKey = SchemaKey(
        "resume",
        "For so long after a full handshake new connections resume its session.",
        .duration(Limits.resumption),
        otherwise: "never"
    )

    /// A certificate and its key are written together.
    static let tlsPair: SchemaValue = ["dependentRequired": ["certificate": ["key"], "key": ["certificate"]]]

    /// Request fields, without those that the agent sets.
    static func headers(except names: [String] = [], prefix: String? = nil) -> SchemaShape {
        let own = (["content-length", "transfer-encoding"] + names).map(inAnyCase).joined(separator: "|")
        let prefix = prefix.map { "(?!\(inAnyCase($0)))" } ?? ""
        return .free(.secret(), names: "^(?!(\(own))$)\(prefix)" + token.dropFirst(), most: HeaderReader.mostFields)
    }

    private static var http: SchemaPlace {
        SchemaPlace(
            name: "http",
            known: ContractKeys.http,
            keys: [
                httpURLKey,
                SchemaKey(
                    "method",
                    "In capitals.",
                    .textLike(pattern: "^(?!CONNECT$)[!#$%&'*+.^_`|~0-9A-Z-]+$"),
                    builtIn: "GET"
                ),
                SchemaKey("headers", "Request fields; a value may be a secret.", headers()),
                SchemaKey("auth", "basic, or bearer.", .place("httpAuth")),
                SchemaKey("body", "Of the request.", .text),
                SchemaKey("body_file", "The same, in a file of at most 1 MiB.", .path),
                SchemaKey("version", "Of HTTP.", words(HTTPVersion.self), builtIn: "auto"),
                SchemaKey("expect", "What the answer must be.", .place("httpExpect")),
                SchemaKey(
                    "slow",
                    "An answer that takes longer is degraded.",
                    .duration(Limits.slow),
                    otherwise: "never"
                ),
                SchemaKey("redirects", "How many are followed.", .whole(Limits.redirects), builtIn: "0"),
                SchemaKey(
                    "redirect_hosts",
                    "Hosts that redirects may lead to, besides the URL's.",
                    .list(host, counts: 0...HTTPWayReader.mostHosts, wraps: true)
                ),
                SchemaKey(
                    "connection",
                    "reuse keeps it between probes; fresh makes a new one for each.",
                    words(ConnectionUse.self),
                    builtIn: "reuse"
                ),
                SchemaKey("max_body", "A longer body fails.", .size(Limits.maximumBody), builtIn: "64KiB"),
                SchemaKey("decompress", "Asks for a compressed body, and undoes it.", .truth, builtIn: "false"),
                SchemaKey("tls", "TLS settings.", tlsSettings),
                SchemaKey(
                    "proxy",
                    "http://host:port; never taken from the environment.",
                    .textLike(pattern: "^[Hh][Tt][Tt][Pp]://[^/@\\s]+:[0-9]+/?$")
                ),
                SchemaKey(
                    "address",
                    "Which addresses of the host are contacted, and from where.",
                    .place("addressChoice")
                ),
                SchemaKey("unix_socket", "The socket that is connected to, instead of the host.", .path),
            ],
            required: ["url"],
            rules: apart([["body", "body_file"], ["unix_socket", "proxy"], ["unix_socket", "address"]])
        )
    }

    private static var httpExpect: SchemaPlace {
        let status = SchemaShape.exactly([
            "anyOf": [
                ["type": "integer", "minimum": 100, "maximum": 599],
                ["type": "string", "pattern": "^[1-5][0-9]{2}(-[1-5][0-9]{2})?$"],
            ]
        ])
        return SchemaPlace(
            name: "httpExpect",
            known: ContractKeys.httpExpect,
            keys: [
                SchemaKey(
                    "status",
                    "Codes and ranges, each within 100 to 599.",
                    .either([status, .exactly(["type": "array", "items": status.schema, "minItems": 1])]),
                    builtIn: "200-299"
                ),
                SchemaKey("body", "What the body must, or must not, hold.", .place("httpExpectBody")),
                SchemaKey(
                    "json",
                    "A condition for each path: a value, '< 5', '~ expression', exists, missing.",
                    .free(
                        .exactly(["type": ["string", "number", "boolean", "null"]]),
                        names: "^\\$",
                        most: JSONExpectationReader.mostConditions
                    )
                ),
                SchemaKey(
                    "headers",
                    "A regular expression (PCRE2) for each field.",
                    .free(.expression, names: token, most: HeaderReader.mostFields)
                ),
            ]
        )
    }

    private static func texts(_ shape: SchemaShape) -> SchemaShape {
        .exactly(["anyOf": [shape.schema, ["type": "array", "items": shape.schema]]])
    }

    /// An expression for `name` in capitals, small letters, or a mixture.
    private static func inAnyCase(_ name: String) -> String {
        name.map { $0.isLetter ? "[\($0.uppercased())\($0)]" : String($0) }.joined()
    }
}
