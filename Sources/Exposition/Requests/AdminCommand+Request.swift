// SPDX-License-Identifier: Apache-2.0

package import HealthModel

extension AdminCommand {
    /// The command of `POST /api/v1/breakers/<target>/<action>`: `{"for": "10m", "reason": "…"}`, both optional.
    package static func breaker(
        _ target: TargetName,
        _ action: BreakerAction,
        body: [UInt8],
        by who: String
    ) throws(ErrorAnswer) -> AdminCommand {
        var reader = try MemberReader(body)
        let order = try Order(&reader, by: who)
        try reader.finish()
        guard order.duration == nil || action.takesDuration else {
            throw MemberReader.problem("for", "\(action.rawValue) takes no time")
        }
        return .breaker(target, action, order)
    }

    /// The command of `POST /api/v1/maintenance`: `{"targets": [], "groups": [], "tags": {}, "for": "1h", "reason": "…"}`.
    package static func beginMaintenance(body: [UInt8], by who: String) throws(ErrorAnswer) -> AdminCommand {
        var reader = try MemberReader(body)
        let most = MaintenanceSelection.maximumEntries
        var targets: [TargetName] = []
        for (index, text) in try reader.texts("targets", atMost: most).enumerated() {
            guard let name = TargetName(text) else {
                throw MemberReader.problem("targets[\(index)]", "\(quoted(text)) is not a target's name")
            }
            targets.append(name)
        }
        let groupTexts = try reader.texts("groups", atMost: most)
        var groups: [GroupName] = []
        for (index, text) in groupTexts.enumerated() {
            guard let group = GroupName(text) else {
                throw MemberReader.problem("groups[\(index)]", "is not a name of a group")
            }
            groups.append(group)
        }
        let tags = try reader.table("tags", atMost: most)
        let order = try Order(&reader, by: who)
        try reader.finish()
        guard !(targets.isEmpty && groups.isEmpty && tags.isEmpty) else {
            throw MemberReader.problem("", "name at least one of targets, groups and tags")
        }
        guard order.duration != nil else { throw MemberReader.problem("for", "is missing (use 30m, 2h)") }
        return .beginMaintenance(MaintenanceSelection(targets: targets, groups: groups, tags: tags), order)
    }

    /// A command whose request has nothing to say: an empty body, or an empty object.
    package static func plain(_ command: AdminCommand, body: [UInt8]) throws(ErrorAnswer) -> AdminCommand {
        try MemberReader(body).finish()
        return command
    }
}

extension Order {
    fileprivate init(_ reader: inout MemberReader, by who: String) throws(ErrorAnswer) {
        self.init(
            duration: try reader.duration("for", atMost: Order.longest),
            reason: try reader.text("reason", atMost: Order.longestReason),
            by: who
        )
    }
}
