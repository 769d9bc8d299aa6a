// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import SimulatedSystem
import Testing

@Suite("SystemProcessScan")
struct SystemProcessScanTests {
    /// A process table of (number, kernel's name, state, command line).
    private static func table(
        _ rows: [(Int, String, String, String)],
        and more: [String: String] = [:]
    ) -> SystemProcessScan {
        var files: [String: [UInt8]] = ["/proc/self/stat": [], "/proc/meminfo": []]
        for (id, name, state, command) in rows {
            let fields = "\(id) (\(name)) \(state) 1 \(id) \(id) 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 500 0 0"
            files["/proc/\(id)/stat"] = Array(fields.utf8)
            files["/proc/\(id)/cmdline"] = command.utf8.map { $0 == UInt8(ascii: " ") ? 0 : $0 }
        }
        for (path, text) in more { files[path] = Array(text.utf8) }
        // Simulated files were written at the epoch; the process of tick 500 started 5 s after boot.
        return SystemProcessScan(files: SimulatedFiles(files)) { (1_000_000_000_000, 1_000_000_000_000) }
    }

    private static let rows: [(Int, String, String, String)] = [
        (1, "systemd", "S", "/sbin/init"),
        (20, "nginx", "S", "nginx: master"),
        (3, "nginx", "S", "nginx: worker"),
        (40, "nginx", "Z", ""),
        (50, "long-name-of-a-p", "S", "/opt/long-name-of-a-program --x"),
        (60, "python3", "S", "/usr/bin/python3 /srv/app.py"),
        (70, "a) b (c", "S", "x"),
        (80, "kworker/0:1", "I", ""),
    ]

    @Test(
        "a name is the kernel's or the first word's, a path is the whole first word; ended processes do not count",
        arguments: [
            ("nginx", [3, 20]), ("init", [1]), ("systemd", [1]), ("long-name-of-a-program", [50]), ("python3", [60]),
            ("/usr/bin/python3", [60]), ("a) b (c", [70]),
        ] as [(String, [Int32])]
    )
    func names(name: String, ids: [Int32]) {
        #expect(Self.table(Self.rows).results(for: [.name(name)]) == [.running(count: ids.count, ids: ids)])
    }

    @Test(
        "a name that is only part of one, or only the kernel's cut, is nobody's",
        arguments: ["ngin", "app.py", "/usr/bin/python", "long-name-of-a-p2"]
    )
    func absent(name: String) {
        #expect(Self.table(Self.rows).results(for: [.name(name)]) == [.absent("no process is called \(name)")])
    }

    @Test("one look answers several questions in their order")
    func several() {
        let results = Self.table(Self.rows).results(for: [.name("x"), .name("nginx"), .name("init"), .name("nginx")])
        #expect(
            results == [
                .running(count: 1, ids: [70]), .running(count: 2, ids: [3, 20]), .running(count: 1, ids: [1]),
                .running(count: 2, ids: [3, 20]),
            ]
        )
    }

    @Test("where the processes of others are hidden, an absence proves nothing, but a presence does")
    func hidden() {
        let scan = Self.table([(99, "mine", "S", "mine")])
        guard case .unknown(let why) = scan.results(for: [.name("nginx")])[0] else { Issue.record("known"); return }
        #expect(why.contains("hides"))
        #expect(scan.results(for: [.name("mine")]) == [.running(count: 1, ids: [99])])
    }

    @Test(
        "a file names its process by number",
        arguments: [
            ("20\n", .running(count: 1, ids: [20])),
            (" 3 \nmore", .running(count: 1, ids: [3])),
            ("999", .absent("process 999 of /run/x.pid is gone")),
            ("40", .absent("process 40 of /run/x.pid has ended and was not reaped")),
            ("", .absent("/run/x.pid holds no process number")),
            ("-3", .absent("/run/x.pid holds no process number")),
            ("99999999999", .absent("/run/x.pid holds no process number")),
        ] as [(String, SurveyResult)]
    )
    func numberFile(text: String, result: SurveyResult) {
        let scan = Self.table(Self.rows, and: ["/run/x.pid": text])
        #expect(scan.results(for: [.numberFile("/run/x.pid")]) == [result])
    }

    @Test("a process that started after its file was written has only the number in common")
    func reusedNumber() {
        var files = ["/run/x.pid": Array("5".utf8)]
        files["/proc/5/stat"] = Array("5 (x) S 1 5 5 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7000 0 0".utf8)
        let late = SystemProcessScan(files: SimulatedFiles(files)) {
            (100_000_000_000, SimulatedKernel.wallStart.nanosecondsSinceEpoch + 1_000_000_000_000)
        }
        guard case .absent(let why) = late.results(for: [.numberFile("/run/x.pid")])[0] else {
            Issue.record("runs"); return
        }
        #expect(why == "process 5 of /run/x.pid started after the file was written: its number was given out again")
    }

    @Test("a missing file is an absence")
    func missingFile() {
        guard case .absent = Self.table([]).results(for: [.numberFile("/run/none")])[0] else {
            Issue.record("not absent")
            return
        }
    }

    @Test(
        "a unit runs when its control group has processes",
        arguments: [
            ("nginx.service", .running(count: 1, ids: [])),
            ("empty.service", .absent("unit empty.service has no process")),
            ("gone.service", .absent("unit gone.service does not run: it has no control group")),
            ("my-app@one.service", .running(count: 1, ids: [])),
        ] as [(String, SurveyResult)]
    )
    func units(unit: String, result: SurveyResult) {
        let root = "/sys/fs/cgroup/"
        let scan = Self.table(
            [],
            and: [
                root + "cgroup.controllers": "cpu",
                root + "system.slice/nginx.service/cgroup.events": "populated 1\nfrozen 0\n",
                root + "system.slice/empty.service/cgroup.events": "populated 0\nfrozen 0\n",
                root + #"system.slice/system-my\x2dapp.slice/my-app@one.service/cgroup.events"#: "populated 1\n",
            ]
        )
        #expect(scan.results(for: [.unit(unit)]) == [result])
    }

    @Test(
        "an older system's units are found in the hierarchy that systemd keeps for itself, with the groups below them",
        arguments: [
            ("nginx.service", .running(count: 1, ids: [])),
            ("nested.service", .running(count: 1, ids: [])),
            ("empty.service", .absent("unit empty.service has no process")),
            ("gone.service", .absent("unit gone.service does not run: it has no control group")),
        ] as [(String, SurveyResult)]
    )
    func legacyUnits(unit: String, result: SurveyResult) {
        let root = "/sys/fs/cgroup/systemd/"
        let scan = Self.table(
            [],
            and: [
                root + "cgroup.procs": "1\n",
                root + "system.slice/nginx.service/cgroup.procs": "20\n3\n",
                root + "system.slice/nested.service/cgroup.procs": "",
                root + "system.slice/nested.service/payload/cgroup.procs": "",
                root + "system.slice/nested.service/payload/deeper/cgroup.procs": "60\n",
                root + "system.slice/empty.service/cgroup.procs": "",
                root + "system.slice/empty.service/payload/cgroup.procs": "",
            ]
        )
        #expect(scan.results(for: [.unit(unit)]) == [result])
    }

    @Test("beside version 1 the unified hierarchy of a hybrid system decides")
    func hybridUnits() {
        let scan = Self.table(
            [],
            and: [
                "/sys/fs/cgroup/systemd/cgroup.procs": "1\n",
                "/sys/fs/cgroup/unified/cgroup.controllers": "",
                "/sys/fs/cgroup/unified/system.slice/nginx.service/cgroup.events": "populated 1\n",
            ]
        )
        #expect(scan.results(for: [.unit("nginx.service")]) == [.running(count: 1, ids: [])])
    }

    @Test("without any control groups a unit's state is not known")
    func oldGroups() {
        #expect(
            Self.table([]).results(for: [.unit("x.service")]) == [
                .unknown("/sys/fs/cgroup has no control groups that systemd could keep its units in")
            ]
        )
    }

    @Test("on this machine this process is found by its number file and by its path")
    func thisProcess() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/pid"
        let file = try #require(fopen(path, "w"))
        fputs("\(getpid())\n", file)
        fclose(file)
        let results = SystemProcessScan().results(for: [.numberFile(path), .name(CommandLine.arguments[0])])
        #expect(results[0] == .running(count: 1, ids: [getpid()]))
        guard case .running(let count, _) = results[1] else { Issue.record("not found: \(results[1])"); return }
        #expect(count >= 1)
    }
}
