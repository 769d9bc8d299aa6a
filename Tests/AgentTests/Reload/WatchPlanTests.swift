// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime
import Testing

@testable import Agent

@Suite("WatchPlan")
struct WatchPlanTests {
    private let folder = ConfigurationFolder()

    private func plan(others: Set<String> = []) -> WatchPlan {
        let interest = ConfigurationInterest(
            mainFile: folder("bellwether.yaml"),
            probesFolder: folder("probes.d"),
            others: others
        )
        return WatchPlan(interest, files: SystemFiles())
    }

    private var name: String { String(folder.path.split(separator: "/").last ?? "") }

    @Test("every directory on the way is listened to for the one name that matters in it")
    func plainFiles() {
        folder.write("", to: "probes.d/a.yaml")
        let plan = plan()
        #expect(
            plan.directories == [
                "/": NameSelection(names: ["tmp"]),
                "/tmp": NameSelection(names: [name]),
                folder.path: NameSelection(names: ["bellwether.yaml", "probes.d"]),
                folder("probes.d"): NameSelection(suffixes: [".yaml", ".yml"]),
            ]
        )
        #expect(plan.essential == [folder.path, folder("probes.d")])
    }

    @Test("where the way ends early, its end is where the rest will appear")
    func missing() {
        folder.remove(name: "probes.d")
        let plan = plan(others: [folder("certificates/ca/root.pem")])
        #expect(plan.directories[folder.path]?.names == ["bellwether.yaml", "probes.d", "certificates"])
        #expect(plan.essential == [folder.path])
    }

    @Test("a volume of Kubernetes is listened to where its link is swapped, and where the files are")
    func configMap() {
        folder.makeFolder("probes.d/..1")
        folder.write("", to: "probes.d/..1/a.yaml")
        folder.link("probes.d/..data", to: "..1")
        folder.link("probes.d/a.yaml", to: "..data/a.yaml")
        let plan = plan()
        #expect(plan.directories[folder("probes.d")]?.contains("..data") == true)
        #expect(plan.directories[folder("probes.d/..1")] == NameSelection(names: ["a.yaml"]))
        #expect(plan.directories[folder("probes.d")]?.contains("..1_tmp") == false)
    }

    @Test("a folder that is a link is listened to on both sides of it")
    func linkedFolder() {
        folder.makeFolder("real")
        folder.remove(name: "probes.d")
        folder.link("probes.d", to: folder("real") + "/../real")
        let plan = plan()
        #expect(plan.directories[folder("real")]?.contains("a.yml") == true)
        #expect(plan.directories[folder.path]?.names == ["bellwether.yaml", "probes.d", "real"])
    }

    @Test("links that lead in a circle end somewhere")
    func circle() {
        folder.link("probes.d/a.yaml", to: "b.yaml")
        folder.link("probes.d/b.yaml", to: "a.yaml")
        #expect(plan().directories.count == 4)
    }

    @Test(
        "what editors and package managers leave behind does not matter",
        arguments: [
            ".a.yaml.swp", "4913", "a.yaml~", ".#a.yaml", "#a.yaml#", "a.yaml.dpkg-new", "a.yaml.tmp", ".a.yaml",
        ]
    )
    func leftovers(name: String) {
        #expect(plan().directories[folder("probes.d")]?.contains(name) == false)
    }

    @Test("more directories than can be listened to are said to be too many")
    func tooMany() {
        for index in 0..<1_100 {
            folder.makeFolder("d\(index)")
            folder.link("probes.d/\(index).yaml", to: "../d\(index)/x.yaml")
        }
        #expect(plan().isTooLarge)
    }
}
