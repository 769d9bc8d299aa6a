// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Agent

@Suite("StateKeeping")
struct StateKeepingTests {
    @Test("a configured directory goes before the service manager's, and that before the usual one")
    func directory() {
        func directory(_ location: StateLocation, _ environment: [String: String] = [:]) -> String? {
            StateKeeping.directory(location) { environment[$0] }
        }
        let managed = ["STATE_DIRECTORY": "/var/lib/private/bellwether:/var/lib/other"]
        #expect(directory(.usual) == "/var/lib/bellwether")
        #expect(directory(.usual, managed) == "/var/lib/private/bellwether")
        #expect(directory(.usual, ["STATE_DIRECTORY": ""]) == "/var/lib/bellwether")
        #expect(directory(.directory("/srv/state"), managed) == "/srv/state")
        #expect(directory(.none, managed) == nil)
    }
}
