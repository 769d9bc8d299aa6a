// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Checks that dependencies exist and lead in no circle.
struct DependencyCheck {
    let probes: [ReadProbe]
    /// The names of all probes, of those that could not be read, too.
    let names: Set<String>
    let sink: DiagnosticSink

    /// Reports unknown names, and each circle once; linear in the number of dependencies where there is no circle.
    func report() {
        for reference in probes.flatMap(\.dependencies) where !names.contains(reference.name.text) {
            let hint = Suggestion.nearest(to: reference.name.text, in: names.sorted()).map {
                " (did you mean \"\($0)\"?)"
            }
            reference.field.error(
                "no probe is called \"\(reference.name)\"\(hint ?? "")",
                DiagnosticDetail(.unknownReference)
            )
        }
        reportCircles()
    }

    private func reportCircles() {
        var links = Dictionary(
            probes.map { ($0.spec.name, Set($0.dependencies.map(\.name))) },
            uniquingKeysWith: { first, _ in first }
        )
        removeLoose(&links)
        var reported: Set<TargetName> = []
        for start in links.keys.sorted() where !reported.contains(start) {
            guard let circle = shortestCircle(from: start, links) else { continue }
            reported.formUnion(circle)
            guard let probe = probes.first(where: { $0.spec.name == start }),
                let reference = probe.dependencies.first(where: { $0.name == circle.dropFirst().first })
            else { continue }
            let path = circle.map(\.text).joined(separator: " → ")
            reference.field.error("is a circle: \(path)", DiagnosticDetail(.dependencyCircle))
        }
    }

    /// Takes away, again and again, what depends on nothing that is left, until only circles and what leads into them remain.
    private func removeLoose(_ links: inout [TargetName: Set<TargetName>]) {
        var dependents: [TargetName: [TargetName]] = [:]
        for (name, dependencies) in links {
            links[name] = dependencies.filter { links[$0] != nil }
            for dependency in dependencies { dependents[dependency, default: []].append(name) }
        }
        var loose = links.filter { $0.value.isEmpty }.map(\.key)
        while let name = loose.popLast() {
            links[name] = nil
            for dependent in dependents[name] ?? [] {
                guard links[dependent]?.remove(name) != nil, links[dependent]?.isEmpty == true else { continue }
                loose.append(dependent)
            }
        }
    }

    /// The shortest way from a probe back to itself, both ends included.
    private func shortestCircle(
        from start: TargetName,
        _ links: [TargetName: Set<TargetName>]
    ) -> [TargetName]? {
        var cameFrom: [TargetName: TargetName] = [:]
        var queue = [start]
        var next = 0
        while next < queue.count {
            let name = queue[next]
            next += 1
            for dependency in (links[name] ?? []).sorted() {
                if dependency == start {
                    var path = [start, name]
                    while let last = path.last, last != start, let before = cameFrom[last] { path.append(before) }
                    return name == start ? [start, start] : path.reversed()
                }
                guard cameFrom[dependency] == nil else { continue }
                cameFrom[dependency] = name
                queue.append(dependency)
            }
        }
        return nil
    }
}
