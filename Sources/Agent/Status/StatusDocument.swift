// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The part of `GET /api/v1/health` that `bellwether status` shows; members it does not know are ignored, and those that an
/// older agent does not send are missing.
struct StatusDocument: Decodable {
    var aggregate: Aggregate
    var groups: [Group]?
    var maintenance: [Window]?
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

    struct Group: Decodable {
        var name: String
        var impact: String
        var status: String
        var why: String
        var counts: Bool
        var needed: Int
        var passing: Int
        var counted: Int
        var members: [String]
    }

    /// A maintenance window that is open.
    struct Window: Decodable {
        var id: UInt64
        var until: String?
        var reason: String?
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
        var restored: Bool?
        var maintenance: Maintenance?

        enum CodingKeys: String, CodingKey {
            case name, kind, status, since, impact, why, breaker, restored, maintenance
            case outcome = "last_outcome"
        }
    }

    struct Breaker: Decodable {
        var state: String
        var forced: Forced?

        /// What an operator has done to it; only that it was matters here.
        struct Forced: Decodable {}
    }

    /// Why a target counts for nothing; only that it does matters here.
    struct Maintenance: Decodable {}

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
