// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The part of `GET /api/v1/health` that `bellwether status` shows; members it does not know are ignored.
struct StatusDocument: Decodable {
    var aggregate: Aggregate
    var targets: [Target]?
    var agent: Agent?

    struct Agent: Decodable {
        var configuration: Configuration?
    }

    /// Which configuration is in force.
    struct Configuration: Decodable {
        var isValid: Bool
        var refusedAt: String?
        var errors: [String]?
        var errorCount: Int?
        var looksBecause: String?

        enum CodingKeys: String, CodingKey {
            case errors
            case isValid = "valid"
            case refusedAt = "refused_at"
            case errorCount = "error_count"
            case looksBecause = "looks_because"
        }
    }

    struct Aggregate: Decodable {
        var status: String
        var since: String
        var why: String?
        var change: String?
    }

    struct Target: Decodable {
        var name: String
        var kind: String
        var status: String
        var since: String
        var impact: String
        var why: String
        var breaker: Breaker
        var outcome: Outcome?

        enum CodingKeys: String, CodingKey {
            case name, kind, status, since, impact, why, breaker
            case outcome = "last_outcome"
        }
    }

    struct Breaker: Decodable {
        var state: String
    }

    struct Outcome: Decodable {
        var verdict: String
        var reason: String?
        var message: String
        var duration: Double

        enum CodingKeys: String, CodingKey {
            case verdict, reason, message
            case duration = "duration_s"
        }
    }

    init(json: [UInt8]) throws {
        self = try JSONDecoder().decode(StatusDocument.self, from: Data(json))
    }
}
