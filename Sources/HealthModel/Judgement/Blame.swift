// SPDX-License-Identifier: Apache-2.0

/// Targets that are in the way, those that fail by themselves apart from those behind a failed dependency.
struct Blame {
    /// Those that fail by themselves, and the dependencies of the others; sorted, each once.
    private(set) var causes: [TargetName] = []
    /// Those behind a failed dependency, sorted.
    private(set) var attributed: [TargetName] = []

    init(_ targets: some Sequence<TargetState>) {
        var causes: Set<TargetName> = []
        for target in targets {
            if target.roots.isEmpty { causes.insert(target.name) } else { causes.formUnion(target.roots) }
            if !target.roots.isEmpty { attributed.append(target.name) }
        }
        self.causes = causes.sorted()
        attributed.sort()
    }

    /// The targets by what they are behind: first those that fail by themselves, then the others by dependency.
    ///
    /// - Returns: for each set of dependencies ` because of database`, or nothing, and the names, sorted.
    static func sorted(_ targets: [TargetState]) -> [(because: String, names: [String])] {
        let groups = Dictionary(grouping: targets, by: \.roots)
        let order = groups.keys.sorted { $0.lexicographicallyPrecedes($1) }
        return order.map { roots in
            let names = (groups[roots] ?? []).map(\.name).sorted().map(\.text)
            return (roots.isEmpty ? "" : " because of \(NameList.text(roots.map(\.text)))", names)
        }
    }
}
