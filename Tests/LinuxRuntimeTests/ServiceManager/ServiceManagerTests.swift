// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxRuntime
import Testing

@Suite("ServiceManager")
struct ServiceManagerTests {
    @Test("each message is one datagram", arguments: [false, true])
    func messages(isAbstract: Bool) throws {
        let folder = try TemporaryFolder()
        let name = isAbstract ? "@\(folder.path)" : folder("notify")
        let receiver = try DatagramReceiver(name: name)
        let manager = try ServiceManager(environment: ["NOTIFY_SOCKET": name].get)
        manager.ready(status: "12 ok, 1 degraded")
        manager.status("two\nlines\r\nREADY=1")
        manager.watchdog()
        manager.reloading(monotonicMicroseconds: 42)
        manager.ready()
        manager.stopping(status: "draining")
        manager.stopping(status: "draining", within: .milliseconds(1_500))
        #expect(
            receiver.received() == [
                "READY=1\nSTATUS=12 ok, 1 degraded", "STATUS=two lines READY=1", "WATCHDOG=1",
                "RELOADING=1\nMONOTONIC_USEC=42", "READY=1", "STOPPING=1\nSTATUS=draining",
                "STOPPING=1\nEXTEND_TIMEOUT_USEC=1500000\nSTATUS=draining",
            ]
        )
    }

    @Test(
        "without a manager nothing happens",
        arguments: [nil, "", "relative", "/nowhere/notify", String(repeating: "/x", count: 200)]
    )
    func nobody(socket: String?) throws {
        let manager = try ServiceManager(environment: { $0 == "NOTIFY_SOCKET" ? socket : nil })
        manager.ready(status: "x")
        manager.watchdog()
        #expect(manager.watchdogInterval == nil)
    }

    @Test(
        "the watchdog's interval is read when it is meant for this process",
        arguments: [
            (["WATCHDOG_USEC": "30000000"], Duration.seconds(30)),
            (["WATCHDOG_USEC": "1", "WATCHDOG_PID": "7"], .microseconds(1)),
            (["WATCHDOG_USEC": "1", "WATCHDOG_PID": "8"], nil), (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "x"], nil), ([:], nil),
        ]
    )
    func watchdogInterval(environment: [String: String], interval: Duration?) throws {
        #expect(try ServiceManager(environment: environment.get, processID: 7).watchdogInterval == interval)
    }
}

extension [String: String] {
    fileprivate func get(_ name: String) -> String? { self[name] }
}

/// The manager's side of the notification socket.
private final class DatagramReceiver {
    private let descriptor: CInt

    init(name: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = name.utf8.map { $0 == UInt8(ascii: "@") ? 0 : $0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = MemoryLayout<sa_family_t>.size + bytes.count + (bytes.first == 0 ? 0 : 1)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(length)) }
        }
        guard descriptor >= 0, status == 0 else { throw FolderError(code: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// All that was sent so far.
    func received() -> [String] {
        var messages: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { return messages }
            messages.append(String(decoding: buffer.prefix(count), as: UTF8.self))
        }
    }
}
