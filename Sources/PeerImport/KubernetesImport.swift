// SPDX-License-Identifier: Apache-2.0

import ProbeConfig
import YAMLEvents

/// Carries the probes of containers over (Kubernetes API, `core/v1.Probe`).
///
/// A container has no address until it runs, so the host is that of a Service of the same file that selects the pod, or one
/// that was named.
struct KubernetesImport {
    /// The host that was named.
    let host: String?
    let log: ImportLog

    /// The most objects of Lists within Lists that are looked at.
    private static let deepestList = 4

    /// The probes, in the order of objects, containers, and kinds of probes.
    func probes(_ source: ConfigurationSource) -> [ProbeDraft] {
        let objects = PeerValue.documents(source, log: log).flatMap { Self.objects($0, depth: 0) }
        guard log.diagnostics.isEmpty else { return [] }
        guard objects.contains(where: { $0["kind"] != nil }) else {
            let origin = Origin(path: source.path, line: objects.first?.node.position.line)
            log.error(origin, "no object with a kind: this is no manifest of Kubernetes")
            return []
        }
        let services = objects.filter { $0["kind"]?.text == "Service" }.map(KubernetesService.init)
        return objects.flatMap { workload($0, services) }
    }

    private static func objects(_ value: PeerValue, depth: Int) -> [PeerValue] {
        guard value["kind"]?.text?.hasSuffix("List") == true, let items = value["items"], depth < deepestList else {
            return [value]
        }
        return items.items.flatMap { objects($0, depth: depth + 1) }
    }

    private func workload(_ object: PeerValue, _ services: [KubernetesService]) -> [ProbeDraft] {
        let template: PeerValue
        switch object["kind"]?.text {
        case "Pod": template = object
        case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController":
            guard let found = object["spec"]?["template"] else { return [] }
            template = found
        default: return []
        }
        let name = object["metadata"]?["name"]?.text ?? "pod"
        let namespace = object["metadata"]?["namespace"]?.text
        let labels =
            template["metadata"]?["labels"]?.entries.compactMap { entry in entry.value.text.map { (entry.key, $0) } }
            ?? []
        let own = services.filter { $0.selects(labels, in: namespace) }
        let containers = template["spec"]?["containers"]?.items ?? []
        return containers.flatMap { value -> [ProbeDraft] in
            let container = KubernetesContainer(
                value: value,
                name: containers.count == 1 ? name : "\(name)-\(value["name"]?.text ?? "container")",
                services: own,
                host: host
            )
            return probes(of: container, namespace: namespace)
        }
    }

    private func probes(of container: KubernetesContainer, namespace: String?) -> [ProbeDraft] {
        let readiness = container.value["readinessProbe"]
        let liveness = container.value["livenessProbe"]
        if let startup = container.value["startupProbe"] {
            log.note(
                startup.origin,
                "\(container.name): startupProbe is not carried (the first verdict of a probe counts at once)"
            )
        }
        var drafts: [ProbeDraft] = []
        if let readiness, let draft = draft(readiness, container, "readiness", namespace) { drafts.append(draft) }
        if let liveness, var draft = draft(liveness, container, readiness == nil ? "" : "liveness", namespace) {
            // What restarts a container takes nothing out of service.
            if readiness != nil { draft.body["impact"] = .word("degrading") }
            drafts.append(draft)
        }
        return drafts
    }

    private func draft(
        _ value: PeerValue,
        _ container: KubernetesContainer,
        _ suffix: String,
        _ namespace: String?
    ) -> ProbeDraft? {
        var probe = PeerMapping(value)
        let name = suffix.isEmpty || suffix == "readiness" ? container.name : "\(container.name)-\(suffix)"
        var draft = ProbeDraft(name: name, origin: value.origin)
        if let exec = probe.take("exec") {
            log.note(exec.origin, "\(name): exec is not carried (it runs inside the container)")
            return nil
        }
        if let get = probe.take("httpGet") {
            guard let http = http(get, container) else { return nil }
            draft.body["http"] = http
        } else if let socket = probe.take("tcpSocket") {
            guard let (host, port) = address(socket["port"], socket["host"]?.text, container, socket.origin) else {
                return nil
            }
            draft.body["tcp"] = .text(TargetText.hostPort(host, port))
        } else if let call = probe.take("grpc") {
            guard let (host, port) = address(call["port"], nil, container, call.origin) else { return nil }
            var grpc = DraftMapping()
            grpc["address"] = .text(TargetText.hostPort(host, port))
            if let service = call["service"]?.text, !service.isEmpty { grpc["service"] = .text(service) }
            draft.body["grpc"] = grpc.entries.count == 1 ? grpc["address"] : .mapping(grpc)
        } else {
            log.note(value.origin, "\(name): no httpGet, tcpSocket or grpc")
            return nil
        }
        func number(_ key: String, _ builtIn: Int64) -> Int64 { probe.take(key)?.text.flatMap { Int64($0) } ?? builtIn }
        let pace = Pace(
            interval: .seconds(number("periodSeconds", 10)),
            timeout: .seconds(number("timeoutSeconds", 1)),
            fall: Int(number("failureThreshold", 3)),
            rise: Int(number("successThreshold", 1)),
            initialDelay: .seconds(number("initialDelaySeconds", 0))
        )
        probe.ignore("terminationGracePeriodSeconds")
        probe.reportRest("\(name): ")
        pace.write(to: &draft.body, draft.origin, log)
        if let namespace { draft.body[mapping: "tags"]["namespace"] = .text(namespace) }
        return draft
    }

    /// As the kubelet asks: 200 to 399 passes, no certificate is judged, redirects are followed to the same host.
    private func http(_ get: PeerValue, _ container: KubernetesContainer) -> Draft? {
        guard let (host, port) = address(get["port"], get["host"]?.text, container, get.origin) else { return nil }
        let isSecure = get["scheme"]?.text?.uppercased() == "HTTPS"
        let path = get["path"]?.text ?? "/"
        var http = DraftMapping()
        http["url"] = .text(
            "\(isSecure ? "https" : "http")://\(TargetText.hostPort(host, port))\(path.hasPrefix("/") ? "" : "/")\(path)"
        )
        var fields = DraftMapping()
        for header in get["httpHeaders"]?.items ?? [] {
            guard let name = header["name"]?.text, let text = header["value"]?.text else { continue }
            fields[name] = .text(text)
        }
        http["headers"] = .mapping(fields)
        http[mapping: "expect"]["status"] = .word("200-399")
        http["redirects"] = .word("10")
        if isSecure { http[mapping: "tls"]["verify"] = .word("false") }
        return .mapping(http)
    }

    /// Where a port of a container is reached; nil after a note.
    private func address(
        _ value: PeerValue?,
        _ written: String?,
        _ container: KubernetesContainer,
        _ origin: Origin
    ) -> (host: String, port: Int)? {
        guard let text = value?.text, let port = container.port(text) else {
            log.note(origin, "\(container.name): the container has no port called \(value?.text ?? "so")")
            return nil
        }
        if let host = written ?? host { return (host, port) }
        for service in container.services {
            if let port = service.port(for: port, called: container.portNames(port)) { return (service.host, port) }
        }
        log.note(
            origin,
            "\(container.name): no Service of this file leads to port \(port), so it is left out (--host says where it is)"
        )
        return nil
    }
}
