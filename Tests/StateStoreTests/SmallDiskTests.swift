// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import Testing

@testable import StateStore

/// Disks that are full or read-only, as file systems in memory; only root may mount them.
@Suite("State on small disks", .enabled(if: SmallDisk.isAllowed), .serialized)
struct SmallDiskTests {
    private func batch(_ targets: Range<Int>, sequence: UInt64) -> StateBatch {
        var batch = StateBatch()
        for index in targets { batch.targets[target("t\(index)")] = saved("t\(index)", sequence: sequence) }
        return batch
    }

    @Test("a disk that fills up costs nothing that fits again when there is room", arguments: [64, 200, 400])
    func full(kilobytes: Int) throws {
        let disk = try #require(SmallDisk(options: "size=\(kilobytes)k"))
        let writer = StateWriter(medium: disk.medium)
        _ = writer.load(at: stamp(0))
        var time = 0.0
        var sequence: UInt64 = 0
        while writer.problem == nil, time < 1_000 {
            sequence += 1
            writer.add(batch(0..<Int(sequence) * 40, sequence: sequence))
            _ = writer.step(at: stamp(time))
            time += 2
        }
        #expect(writer.problem?.code == .full, "\(writer.problem?.message ?? "no problem after \(time) s")")
        disk.remount("size=8m")
        while writer.problem != nil, time < 3_000 {
            _ = writer.step(at: stamp(time))
            time += 10
        }
        #expect(writer.finish(at: stamp(time)))
        let state = StateWriter(medium: disk.medium).load(at: stamp(time))
        #expect(state?.targets.count == Int(sequence) * 40)
        #expect(state?.targets.values.allSatisfy { $0.saved.sequence == sequence } == true)
        #expect(state?.damaged == 0)
    }

    @Test("no inode left for the log is a full disk")
    func inodes() throws {
        let disk = try #require(SmallDisk(options: "size=8m,nr_inodes=3"))
        let writer = StateWriter(medium: disk.medium)
        writer.add(batch(0..<3, sequence: 1))
        #expect(writer.load(at: stamp(0)) == nil)
        #expect(writer.problem != nil)
        disk.remount("size=8m,nr_inodes=100")
        _ = writer.step(at: stamp(5))
        #expect(writer.problem == nil)
        #expect(writer.finish(at: stamp(6)))
    }

    @Test("a disk that becomes read-only keeps state in memory until it can be written again")
    func readOnly() throws {
        let disk = try #require(SmallDisk(options: "size=8m"))
        var writer: StateWriter? = StateWriter(medium: disk.medium)
        _ = writer?.load(at: stamp(0))
        writer?.add(batch(0..<3, sequence: 1))
        #expect(writer?.finish(at: stamp(1)) == true)
        writer = nil
        disk.remount("ro")
        let second = StateWriter(medium: disk.medium)
        #expect(second.load(at: stamp(2)) == nil)
        #expect(second.problem?.code == .readOnly)
        second.add(batch(0..<3, sequence: 2))
        _ = second.step(at: stamp(7))
        #expect(second.problem?.code == .readOnly)
        disk.remount("rw")
        _ = second.step(at: stamp(60))
        #expect(second.problem == nil)
        #expect(second.finish(at: stamp(61)))
        let state = StateWriter(medium: disk.medium).load(at: stamp(62))
        #expect(state?.targets.values.map(\.saved.sequence) == [2, 2, 2])
    }
}

/// A file system in memory of a few kilobytes, gone with the value.
final class SmallDisk {
    private let directory = TemporaryDirectory()

    /// Whether this process may mount.
    static var isAllowed: Bool {
        let disk = SmallDisk(options: "size=64k")
        return disk != nil
    }

    init?(options: String) {
        guard mount("tmpfs", directory.path, "tmpfs", 0, options) == 0 else { return nil }
    }

    deinit {
        umount2(directory.path, CInt(MNT_DETACH))
    }

    var medium: StateDirectory { directory.medium() }

    func remount(_ options: String) {
        let isReadOnly = options == "ro"
        var flags = UInt(MS_REMOUNT)
        if isReadOnly { flags |= UInt(MS_RDONLY) }
        let data = options == "ro" || options == "rw" ? "size=8m" : options
        precondition(mount("tmpfs", directory.path, "tmpfs", flags, data) == 0, "no remount: errno \(errno)")
    }
}
