// SPDX-License-Identifier: Apache-2.0

import ProbeConfig

/// Reads which targets Prometheus has blackbox_exporter probe: jobs with `metrics_path: /probe` and a module.
struct PrometheusTargets {
    let log: ImportLog

    func read(_ source: ConfigurationSource?) -> [BlackboxImport.Target] {
        guard let source else { return [] }
        guard let root = PeerValue.documents(source, log: log).first else {
            if log.diagnostics.isEmpty { log.error(Origin(path: source.path, line: nil), "the file is empty") }
            return []
        }
        guard let jobs = root["scrape_configs"] else {
            log.error(root.origin, "no scrape_configs: this is no configuration of Prometheus")
            return []
        }
        let global = root["global"]
        return jobs.items.filter { $0["metrics_path"]?.text == "/probe" }.flatMap { targets(of: $0, global) }
    }

    private func targets(of value: PeerValue, _ global: PeerValue?) -> [BlackboxImport.Target] {
        var job = PeerMapping(value)
        let name = job.take("job_name")?.text ?? "?"
        let interval = (job.take("scrape_interval") ?? global?["scrape_interval"])?.duration()
        let timeout = (job.take("scrape_timeout") ?? global?["scrape_timeout"])?.duration()
        let modules = job.take("params")?["module"]?.texts ?? []
        guard let module = modules.first else {
            log.note(value.origin, "job \(name): params.module names no module")
            return []
        }
        job.ignore("metrics_path", "relabel_configs", "scheme", "honor_labels")
        let targets = (job.take("static_configs")?.items ?? []).flatMap { group -> [BlackboxImport.Target] in
            let labels = (group["labels"]?.entries ?? []).compactMap { entry in entry.value.text.map { (entry.key, $0) }
            }
            return (group["targets"]?.items ?? []).compactMap { target in
                target.text.map {
                    BlackboxImport.Target(
                        module: module,
                        address: $0,
                        interval: interval,
                        timeout: timeout,
                        labels: labels,
                        origin: target.origin
                    )
                }
            }
        }
        job.reportRest("job \(name): ")
        return targets
    }
}
