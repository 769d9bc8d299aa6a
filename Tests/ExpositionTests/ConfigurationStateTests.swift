// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Exposition

@Suite("ConfigurationState as JSON")
struct ConfigurationStateTests {
    @Test("one that is in force and heard of by events has nothing to complain of")
    func valid() {
        let state = ConfigurationState(acceptedAt: Fixtures.wallNow, noticing: .events)
        #expect(
            String(decoding: state.jsonValue.serialized(), as: UTF8.self) == """
                {"valid":true,"accepted_at":"\(Fixtures.wallNow.rfc3339)","refused_at":null,"error_count":0,"errors":[],\
                "noticed_by":"events","looks_every_s":null,"looks_because":null}

                """
        )
    }

    @Test("a refused one lists its first twenty errors, and says how many there are")
    func refused() {
        let state = ConfigurationState(
            acceptedAt: Fixtures.wallNow,
            refusal: ConfigurationState.Refusal(at: Fixtures.wallNow, problems: (0..<30).map { "e\($0)" }),
            noticing: .looks(every: .seconds(5), because: "no inotify")
        )
        let errors = (0..<20).map { "\"e\($0)\"" }.joined(separator: ",")
        let time = Fixtures.wallNow.rfc3339
        #expect(
            String(decoding: state.jsonValue.serialized(), as: UTF8.self) == """
                {"valid":false,"accepted_at":"\(time)","refused_at":"\(time)","error_count":30,"errors":[\(errors)],\
                "noticed_by":"looks","looks_every_s":5,"looks_because":"no inotify"}

                """
        )
    }
}
