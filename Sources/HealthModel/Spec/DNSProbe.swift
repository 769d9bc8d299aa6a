// SPDX-License-Identifier: Apache-2.0

/// A question to a DNS server, and what its answer must be.
package struct DNSProbe: Hashable, Sendable {
    /// What is asked for.
    package var name: DNSName
    /// The kind of record that is asked for; default A.
    package var type: DNSRecordType
    /// Who is asked; nil = the first `nameserver` of /etc/resolv.conf.
    package var server: HostPort?
    /// How the question is sent; default UDP, with TCP for an answer that does not fit.
    package var transport: DNSTransport
    /// Whether the server is asked to find the answer elsewhere when it has none itself (RD, RFC 1035, section 4.1.1); default yes.
    package var recursion: Bool
    /// What the answer must be.
    package var expect: DNSExpectation

    package init(
        name: DNSName,
        type: DNSRecordType = .a,
        server: HostPort? = nil,
        transport: DNSTransport = .udp,
        recursion: Bool = true,
        expect: DNSExpectation = DNSExpectation()
    ) {
        self.name = name
        self.type = type
        self.server = server
        self.transport = transport
        self.recursion = recursion
        self.expect = expect
    }

    /// What is asked of whom, for people: `example.org A at 10.0.0.53:53`.
    package var subject: String {
        "\(name) \(type.rawValue)\(server.map { " at \($0)" } ?? "")"
    }
}

/// How a DNS question is sent.
package enum DNSTransport: String, CaseIterable, Hashable, Sendable {
    /// One datagram, sent again when no answer comes; a truncated answer is asked for again over TCP.
    case udp
    /// A connection for every question.
    case tcp
}

/// A kind of DNS record, by its number in the IANA registry.
package enum DNSRecordType: String, CaseIterable, Hashable, Sendable {
    case a = "A"
    case aaaa = "AAAA"
    case cname = "CNAME"
    case mx = "MX"
    case ns = "NS"
    case srv = "SRV"
    case txt = "TXT"
    case ptr = "PTR"
    case soa = "SOA"
    case caa = "CAA"

    /// The number in a message (RFC 1035, section 3.2.2; RFC 3596, 2782, 8659).
    package var number: UInt16 {
        switch self {
        case .a: 1
        case .ns: 2
        case .cname: 5
        case .soa: 6
        case .ptr: 12
        case .mx: 15
        case .txt: 16
        case .aaaa: 28
        case .srv: 33
        case .caa: 257
        }
    }
}

/// How a server's answer ended: its RCODE (RFC 1035, section 4.1.1; RFC 2136, section 2.2; RFC 6891, section 9).
package enum DNSResponseCode: String, CaseIterable, Hashable, Sendable {
    case noError = "NOERROR"
    case formatError = "FORMERR"
    case serverFailure = "SERVFAIL"
    case nameError = "NXDOMAIN"
    case notImplemented = "NOTIMP"
    case refused = "REFUSED"
    case nameExists = "YXDOMAIN"
    case setExists = "YXRRSET"
    case setMissing = "NXRRSET"
    case notAuthoritative = "NOTAUTH"
    case notInZone = "NOTZONE"
    case badVersion = "BADVERS"

    /// The number in a message.
    package var number: Int {
        switch self {
        case .noError: 0
        case .formatError: 1
        case .serverFailure: 2
        case .nameError: 3
        case .notImplemented: 4
        case .refused: 5
        case .nameExists: 6
        case .setExists: 7
        case .setMissing: 8
        case .notAuthoritative: 9
        case .notInZone: 10
        case .badVersion: 16
        }
    }

    /// The word for a number, `NXDOMAIN`, or `RCODE 11` for one that has none.
    package static func text(of number: Int) -> String {
        allCases.first { $0.number == number }?.rawValue ?? "RCODE \(number)"
    }
}
