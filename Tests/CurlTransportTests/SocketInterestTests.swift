// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime
import Testing

@testable import CurlTransport

@Suite("SocketInterest")
struct SocketInterestTests {
    @Test("the first wish watches the socket, which reports by itself what it is ready for")
    func first() {
        var interest = SocketInterest()
        #expect(interest.want([]) == .wait)
        #expect(interest.want(.writable) == .watch)
        #expect(interest.isWatched)
        #expect(interest.want(.writable) == .wait)
    }

    @Test("waiting to write anew needs a look, because the socket was probably writable before")
    func writing() {
        var interest = SocketInterest()
        _ = interest.want(.readable)
        #expect(interest.want([.readable, .writable]) == .look)
    }

    @Test("waiting to read anew needs a look only if something came while nobody waited")
    func reading() {
        var interest = SocketInterest()
        _ = interest.want(.writable)
        #expect(interest.want(.readable) == .wait)
        #expect(interest.want([]) == .wait)
        #expect(interest.arrived([.readable, .writable]) == [])
        #expect(interest.want(.readable) == .look)
        interest.foundNothingToRead()
        _ = interest.want([])
        #expect(interest.want(.readable) == .wait)
    }

    @Test("libcurl is told only what it waits for, and errors")
    func told() {
        var interest = SocketInterest()
        _ = interest.want(.readable)
        #expect(interest.arrived(.writable) == [])
        #expect(interest.arrived([.readable, .writable]) == .readable)
        #expect(interest.arrived([.writable, .hangUp]) == .hangUp)
        _ = interest.want([])
        #expect(interest.arrived([.readable, .error, .hangUp]) == [])
    }
}
