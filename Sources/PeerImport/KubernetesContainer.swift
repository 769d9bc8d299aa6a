// SPDX-License-Identifier: Apache-2.0

/// A container with what it takes to find its ports.
struct KubernetesContainer {
    let value: PeerValue
    /// What its probes are called after.
    let name: String
    /// The Services that select its pod.
    let services: [KubernetesService]
    /// The host that was named.
    let host: String?

    /// The number of a port that is written as a number or a name.
    func port(_ text: String) -> Int? {
        if let number = Int(text) { return (1...65_535).contains(number) ? number : nil }
        let named = value["ports"]?.items.first { $0["name"]?.text == text }
        return named?["containerPort"]?.text.flatMap { Int($0) }
    }

    /// The names of the port with that number.
    func portNames(_ number: Int) -> [String] {
        let ports = value["ports"]?.items.filter { $0["containerPort"]?.text == "\(number)" } ?? []
        return ports.compactMap { $0["name"]?.text }
    }
}

/// A Service with what it takes to be asked.
struct KubernetesService {
    let host: String
    private let namespace: String?
    private let selector: [(key: String, value: String)]
    private let ports: [PeerValue]

    init(_ object: PeerValue) {
        let name = object["metadata"]?["name"]?.text ?? ""
        namespace = object["metadata"]?["namespace"]?.text
        host = namespace.map { "\(name).\($0).svc" } ?? name
        selector = (object["spec"]?["selector"]?.entries ?? []).compactMap { entry in
            entry.value.text.map { (entry.key, $0) }
        }
        ports = object["spec"]?["ports"]?.items ?? []
    }

    /// Whether pods with these labels are behind it.
    func selects(_ labels: [(String, String)], in namespace: String?) -> Bool {
        !selector.isEmpty && !host.isEmpty && (self.namespace ?? "default") == (namespace ?? "default")
            && selector.allSatisfy { wanted in labels.contains { $0.0 == wanted.key && $0.1 == wanted.value } }
    }

    /// Its port that leads to a container's; nil when none does.
    func port(for number: Int, called names: [String]) -> Int? {
        let port = ports.first { port in
            let target = port["targetPort"]?.text ?? port["port"]?.text ?? ""
            return target == "\(number)" || names.contains(target)
        }
        return port?["port"]?.text.flatMap { Int($0) }
    }
}
