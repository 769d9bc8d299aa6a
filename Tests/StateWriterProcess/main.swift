// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import StateStore

// A process that keeps state as fast as the disk takes it, for tests that kill it: `write DIRECTORY TARGETS` prints a number
// each time that everything up to that number is in the database. `measure DIRECTORY TARGETS` prints what so many targets cost.

func now() -> SaveStamp {
    func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
    return SaveStamp(
        wall: WallTime(nanosecondsSinceEpoch: nanoseconds(CLOCK_REALTIME)),
        instant: MonotonicInstant(nanoseconds: nanoseconds(CLOCK_BOOTTIME)),
        boot: BootID.current()
    )
}

func name(_ index: Int) -> TargetName {
    guard let name = TargetName("target-\(index)") else { preconditionFailure("\(index) makes no name") }
    return name
}

func batch(_ targets: Range<Int>, sequence: UInt64) -> StateBatch {
    let present = now()
    var batch = StateBatch()
    var rollup = RunRollup()
    for index in targets {
        let text = "status: 500, expected 200-299"
        batch.targets[name(index)] = SavedTarget(
            name: name(index),
            fingerprint: ProbeFingerprint(value: 7),
            sequence: sequence,
            standing: sequence.isMultiple(of: 2) ? .healthy : .unhealthy,
            since: present.wall,
            verdictAt: present.wall,
            verdictAge: .zero,
            consecutiveFailures: Int(sequence % 3),
            lastFailure: sequence.isMultiple(of: 2) ? nil : text,
            breaker: SavedBreaker(
                state: sequence.isMultiple(of: 2) ? .closed : .open,
                since: present.wall,
                remaining: sequence.isMultiple(of: 2) ? nil : .seconds(5),
                generation: sequence
            )
        )
        rollup.add(
            Outcome(
                verdict: .healthy,
                layer: .l7OK,
                startedAt: present.instant,
                duration: .milliseconds(12 + index % 40)
            )
        )
    }
    return batch
}

func minute(_ targets: Int) -> [StateBatch.TargetRollup] {
    var rollups: [StateBatch.TargetRollup] = []
    for index in 0..<targets {
        var rollup = RunRollup()
        for run in 0..<6 {
            rollup.add(
                Outcome(
                    verdict: .healthy,
                    layer: .l7OK,
                    startedAt: now().instant,
                    duration: .microseconds(9_000 + index % 400 * 10 + run * 731)
                )
            )
        }
        rollups.append(StateBatch.TargetRollup(name(index), rollup))
    }
    return rollups
}

func say(_ text: String) {
    let line = Array("\(text)\n".utf8)
    _ = line.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}

func timed(_ what: String, _ body: () throws -> Void) rethrows {
    let start = now().instant
    try body()
    say("\(what): \(start.duration(to: now().instant).readable)")
}

func size(_ directory: String) -> Int {
    var status = stat()
    return stat("\(directory)/state.db", &status) == 0 ? Int(status.st_size) : 0
}

let arguments = CommandLine.arguments
guard arguments.count == 4, let targets = Int(arguments[3]) else {
    say("usage: StateWriterProcess write|measure DIRECTORY TARGETS")
    exit(64)
}
let directory = arguments[2]
let medium = StateDirectory(path: directory, clock: { now().instant })
let database = try medium.open(at: now())
switch arguments[1] {
case "write":
    var sequence = try database.load(at: now()).targets.values.map(\.saved.sequence).max() ?? 0
    try database.prove()
    while true {
        sequence += 1
        var next = batch(0..<targets, sequence: sequence)
        next.changes = [
            SavedChange(at: now().wall, target: name(0), oldStatus: "a", newStatus: "b", reason: "\(sequence)")
        ]
        next.minutes = [now().wall.nanosecondsSinceEpoch / 60_000_000_000: minute(targets)]
        next.isPrecious = sequence.isMultiple(of: 7)
        try database.write(next, at: now(), isLast: sequence.isMultiple(of: 11))
        if sequence.isMultiple(of: 13) { try database.tidy(at: now()) }
        say("\(sequence)")
    }
default:
    let first = batch(0..<targets, sequence: 1)
    try timed("all targets, once") { try database.write(first, at: now(), isLast: true) }
    say("bytes a target: \(size(directory) / targets)")
    var heard = StateBatch()
    for index in 0..<targets { heard.heard.append(.init(name(index), instant: now().instant, sequence: 2)) }
    try timed("10 s of verdicts that changed nothing") { try database.write(heard, at: now(), isLast: true) }
    let start = now().wall.nanosecondsSinceEpoch / 60_000_000_000 - 130
    let rollups = minute(targets)
    let before = size(directory)
    for step in 0..<120 {
        var batch = StateBatch()
        batch.minutes = [start + Int64(step): rollups]
        if step % 30 == 0 {
            try timed("a minute of history") { try database.write(batch, at: now(), isLast: true) }
        } else {
            try database.write(batch, at: now(), isLast: false)
        }
    }
    say("bytes a target and minute: \(Double((size(directory) - before) / targets) / 120)")
    try timed("an hour rolled up") { try database.tidy(at: now()) }
    try timed("everything read") { _ = try database.load(at: now()) }
    try timed("the minutes of one target read") {
        _ = try database.history(of: name(1), by: .minute, since: .init(nanosecondsSinceEpoch: 0), limit: 2_000)
    }
}
