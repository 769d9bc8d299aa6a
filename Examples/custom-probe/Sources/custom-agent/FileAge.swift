// SPDX-License-Identifier: Apache-2.0

import BellwetherProbes
import Glibc

/// How long ago a file was written last: the sign of life of a job that leaves one.
struct FileAge: CheckKind {
    static let name = "file_age"

    private let path: String
    private let warning: Duration
    private let limit: Duration

    init(settings: CheckSettings) throws(CheckSettingsProblem) {
        try settings.allow("path", "degraded", "unhealthy")
        path = try settings.text("path")
        warning = try settings.duration("degraded", default: .seconds(3_600))
        limit = try settings.duration("unhealthy", default: .seconds(86_400))
        guard path.hasPrefix("/") else { throw CheckSettingsProblem("not an absolute path", at: ["path"]) }
        guard warning <= limit else { throw CheckSettingsProblem("longer than unhealthy", at: ["degraded"]) }
    }

    func check(_ context: CheckContext) async -> CheckResult {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            return errno == ENOENT
                ? .unhealthy("\(path) is not there") : .unknown("cannot look at \(path): errno \(errno)")
        }
        let age = Duration.seconds(time(nil) - facts.st_mtim.tv_sec)
        if age > limit { return .unhealthy("written \(age.components.seconds) s ago") }
        if age > warning { return .degraded("written \(age.components.seconds) s ago") }
        return .healthy("written \(age.components.seconds) s ago")
    }
}
