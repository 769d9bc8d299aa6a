// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import Testing

@Suite("Prometheus text")
struct MetricsTests {
    @Test("every series of one target whose breaker is open")
    func golden() {
        let snapshot = Fixtures.snapshot(.unhealthy, [Fixtures.db()], why: "required target down: db", causes: ["db"])
        let answer = StatusView(snapshot, at: Fixtures.now).metrics()
        #expect(answer.text == Self.text)
        #expect(answer.code == 200)
        #expect(answer.contentType.rawValue == "text/plain; version=0.0.4; charset=utf-8")
        #expect(answer.fields == [HTTPField(name: "Vary", value: "Accept")])
    }

    @Test("without detail no series names a target, and the agent's own are all there")
    func withoutDetail() {
        let view = Moment.unhealthy.view(showsDetail: false)
        let agent = Self.text.prefix { _ in true }.split(separator: "# HELP bellwether_target_status")[0]
        #expect(view.metrics().text == agent)
    }

    @Test("a target that was never probed has a status and counters, but no success")
    func neverProbed() {
        let text = StatusView(Fixtures.snapshot(.starting, [Fixtures.fresh]), at: Fixtures.now).metrics().text
        #expect(text.contains("bellwether_target_status{target=\"new\",status=\"starting\"} 1\n"))
        #expect(text.contains("bellwether_probes_total{target=\"new\",verdict=\"healthy\"} 0\n"))
        #expect(!text.contains("bellwether_probe_success"))
        #expect(!text.contains("bellwether_probe_failures_total"))
    }

    @Test("in OpenMetrics every sample has the same name and labels, and the families say what they are")
    func openMetrics() {
        let snapshot = Fixtures.snapshot(.unhealthy, [Fixtures.db()], why: "required target down: db", causes: ["db"])
        let answer = StatusView(snapshot, at: Fixtures.now).metrics(.openMetrics, Self.facts)
        let older = StatusView(snapshot, at: Fixtures.now).metrics(.prometheus, Self.facts)
        func lines(_ answer: Answer, comments: Bool) -> [Substring] {
            answer.text.split(separator: "\n").filter { $0.hasPrefix("#") == comments }
        }
        #expect(lines(answer, comments: false) == lines(older, comments: false))
        #expect(lines(answer, comments: true).joined(separator: "\n") == Self.openMetricsComments)
        #expect(answer.text.hasSuffix("\n# EOF\n"))
        #expect(answer.contentType.rawValue == "application/openmetrics-text; version=1.0.0; charset=utf-8")
    }

    @Test("the places that scripts share are a bulkhead, under the names that users of Resilience know")
    func bulkhead() {
        var scripts = BulkheadHealth()
        (scripts.active, scripts.queued, scripts.total, scripts.timedOut) = (2, 1, 41, 3)
        scripts.wait.observe(.milliseconds(20))
        var snapshot = Fixtures.healthy
        snapshot.agent.scripts = scripts
        let text = StatusView(snapshot, at: Fixtures.now, showsDetail: false).metrics().text
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("bulkhead") && !$0.contains("_bucket") }
        #expect(
            lines == [
                "bulkhead_active_requests{name=\"scripts\"} 2", "bulkhead_queued_requests{name=\"scripts\"} 1",
                "bulkhead_requests_total{name=\"scripts\"} 41", "bulkhead_requests_rejected{name=\"scripts\"} 0",
                "bulkhead_requests_timeout{name=\"scripts\"} 3",
                "bulkhead_queue_duration_seconds_sum{name=\"scripts\"} 0.02",
                "bulkhead_queue_duration_seconds_count{name=\"scripts\"} 1",
            ]
        )
        #expect(text.contains("bulkhead_queue_duration_seconds_bucket{name=\"scripts\",le=\"0.025\"} 1\n"))
    }

    @Test("what the endpoint answered and refused is counted, each refusal once")
    func server() {
        var server = ServerCounters()
        (server.accepted, server.answeredFast, server.answeredFully, server.awaitedAddresses) = (9, 100, 20, 1)
        (server.refusedAccess, server.refusedGuesses, server.refusedPerAddress) = (7, 3, 2)
        let text = Moment.healthy.view(showsDetail: false).metrics(.prometheus, AgentFacts(server: server)).text
        #expect(
            text.split(separator: "\n").filter { $0.hasPrefix("bellwether_endpoint") } == [
                "bellwether_endpoint_awaited_addresses 1", "bellwether_endpoint_connections_total 9",
                "bellwether_endpoint_requests_total{way=\"prepared\"} 100",
                "bellwether_endpoint_requests_total{way=\"parsed\"} 20",
                "bellwether_endpoint_refusals_total{reason=\"access\"} 4",
                "bellwether_endpoint_refusals_total{reason=\"address_limit\"} 2",
                "bellwether_endpoint_refusals_total{reason=\"connection_limit\"} 0",
                "bellwether_endpoint_refusals_total{reason=\"handshake\"} 0",
                "bellwether_endpoint_refusals_total{reason=\"handshake_timeout\"} 0",
                "bellwether_endpoint_refusals_total{reason=\"header_timeout\"} 0",
                "bellwether_endpoint_refusals_total{reason=\"http2\"} 0",
                "bellwether_endpoint_refusals_total{reason=\"malformed\"} 0",
                "bellwether_endpoint_refusals_total{reason=\"token_guesses\"} 3",
                "bellwether_endpoint_refusals_total{reason=\"write_timeout\"} 0",
            ]
        )
    }

    @Test("what the agent knows about itself is measured, and what it does not know has no series")
    func facts() {
        let view = Moment.healthy.view(showsDetail: false)
        let text = view.metrics(.prometheus, Self.facts).text
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("bellwether_config") || $0.hasPrefix("process_") }
        #expect(
            lines == [
                "bellwether_config_valid 0", "bellwether_config_reload_timestamp_seconds 1795232950.042",
                "process_cpu_seconds_total 12.34", "process_resident_memory_bytes 20971520",
                "process_virtual_memory_bytes 4294967296", "process_open_fds 17", "process_max_fds 20000",
                "process_start_time_seconds 1795232890.042",
            ]
        )
        var unlimited = Self.facts
        unlimited.process?.maximumDescriptors = nil
        #expect(!view.metrics(.prometheus, unlimited).text.contains("process_max_fds"))
        #expect(!view.metrics().text.contains("process_"))
        #expect(!view.metrics().text.contains("bellwether_config"))
    }

    @Test("a target's series vanish with it, in both formats", arguments: MetricsFormat.allCases)
    func vanish(format: MetricsFormat) {
        let text = StatusView(Fixtures.snapshot(.healthy, []), at: Fixtures.now).metrics(format, Self.facts).text
        #expect(!text.contains("target="))
        #expect(!text.contains("circuit_breaker"))
        #expect(!text.contains("bellwether_probe_duration"))
    }

    @Test("every family is described once, right before all of its samples", arguments: MetricsFormat.allCases)
    func families(format: MetricsFormat) throws {
        let text = StatusView(Fixtures.unhealthy, at: Fixtures.now).metrics(format, Self.facts).text
        var described: Set<Substring> = []
        var family: Substring = ""
        var samples = 1
        for line in text.split(separator: "\n") where line != "# EOF" {
            let words = line.split(separator: " ", maxSplits: 3)
            if words[1] == "HELP" {
                try #require(samples > 0, "\(family) has no samples")
                try #require(described.insert(words[2]).inserted, "\(words[2]) is described twice")
                family = words[2]
                samples = 0
            } else if line.hasPrefix("#") {
                #expect(words[2] == family && samples == 0, "\(line)")
            } else {
                let endings = ["", "_total", "_info", "_bucket", "_sum", "_count"]
                let name = line.prefix { $0 != "{" && $0 != " " }
                #expect(endings.contains { name == family + $0 }, "\(line) among the samples of \(family)")
                samples += 1
            }
        }
        #expect(described.count > 20)
    }

    static let facts = AgentFacts(
        process: ProcessUsage(
            processorTime: .milliseconds(12_340),
            residentBytes: 20 << 20,
            virtualBytes: 4 << 30,
            openDescriptors: 17,
            maximumDescriptors: 20_000,
            startedAt: Fixtures.wallNow.advanced(by: .seconds(-60))
        ),
        configuration: ConfigurationState(
            acceptedAt: Fixtures.wallNow,
            refusal: ConfigurationState.Refusal(at: Fixtures.wallNow, problems: ["probes.d/a.yaml:1:1: error: x"])
        )
    )

    static let openMetricsComments = """
        # HELP bellwether_build Always 1; the version is in the label.
        # TYPE bellwether_build info
        # HELP bellwether_config_valid 1 when the configuration read last was accepted, 0 when an older one is in force.
        # TYPE bellwether_config_valid gauge
        # HELP bellwether_config_reload_timestamp_seconds When the configuration in force was read, in Unix time.
        # TYPE bellwether_config_reload_timestamp_seconds gauge
        # UNIT bellwether_config_reload_timestamp_seconds seconds
        # HELP bellwether_aggregate_status 1 for the status the agent answers with, 0 for the others.
        # TYPE bellwether_aggregate_status gauge
        # HELP bellwether_probes_in_flight Probes that are running.
        # TYPE bellwether_probes_in_flight gauge
        # HELP bellwether_probe_lateness_seconds How late probes started, against their due time.
        # TYPE bellwether_probe_lateness_seconds histogram
        # UNIT bellwether_probe_lateness_seconds seconds
        # HELP bellwether_internal_problem 1 while the agent itself lacks this, so that some probes say nothing about their targets.
        # TYPE bellwether_internal_problem gauge
        # HELP bellwether_internal_failures Probes that failed through the agent's own fault.
        # TYPE bellwether_internal_failures counter
        # HELP bellwether_target_status 1 for the status of the target, 0 for the others.
        # TYPE bellwether_target_status gauge
        # HELP bellwether_probe_success 1 when the last probe passed, with or without a warning.
        # TYPE bellwether_probe_success gauge
        # HELP bellwether_probes Probes by verdict.
        # TYPE bellwether_probes counter
        # HELP bellwether_probe_failures Probes that did not pass, by reason.
        # TYPE bellwether_probe_failures counter
        # HELP bellwether_probe_duration_seconds Duration of each phase, and of the whole probe.
        # TYPE bellwether_probe_duration_seconds histogram
        # UNIT bellwether_probe_duration_seconds seconds
        # HELP circuit_breaker_state 0 closed, 1 open, 2 half-open.
        # TYPE circuit_breaker_state gauge
        # HELP circuit_breaker_requests Everything that asked the breaker: successful, failed and rejected.
        # TYPE circuit_breaker_requests counter
        # HELP circuit_breaker_requests_successful Outcomes that counted as a success.
        # TYPE circuit_breaker_requests_successful unknown
        # HELP circuit_breaker_requests_failed Outcomes that counted as a failure.
        # TYPE circuit_breaker_requests_failed unknown
        # HELP circuit_breaker_requests_rejected Probes the breaker did not admit.
        # TYPE circuit_breaker_requests_rejected unknown
        # HELP circuit_breaker_state_transitions Changes of the breaker's state.
        # TYPE circuit_breaker_state_transitions unknown
        # HELP circuit_breaker_request_duration_seconds Duration of what the breaker admitted.
        # TYPE circuit_breaker_request_duration_seconds histogram
        # UNIT circuit_breaker_request_duration_seconds seconds
        # HELP process_cpu_seconds Processor time of the agent, user and system together.
        # TYPE process_cpu_seconds counter
        # UNIT process_cpu_seconds seconds
        # HELP process_resident_memory_bytes Memory of the agent that is in RAM.
        # TYPE process_resident_memory_bytes gauge
        # UNIT process_resident_memory_bytes bytes
        # HELP process_virtual_memory_bytes Address space of the agent.
        # TYPE process_virtual_memory_bytes gauge
        # UNIT process_virtual_memory_bytes bytes
        # HELP process_open_fds Open descriptors of the agent.
        # TYPE process_open_fds gauge
        # HELP process_max_fds Most descriptors the agent may open.
        # TYPE process_max_fds gauge
        # HELP process_start_time_seconds When the agent started, in Unix time.
        # TYPE process_start_time_seconds gauge
        # UNIT process_start_time_seconds seconds
        # EOF
        """

    @Test("label values are escaped, whatever they hold")
    func escaping() {
        var snapshot = Fixtures.healthy
        snapshot.agent.version = "1.0 \"beta\" \\ two\nlines\rand é"
        let text = StatusView(snapshot, at: Fixtures.now).metrics().text
        #expect(text.contains(#"bellwether_build_info{version="1.0 \"beta\" \\ two\nlines and é"} 1"# + "\n"))
    }

    @Test("buckets are cumulative and end in the count")
    func cumulative() {
        var snapshot = Fixtures.healthy
        for milliseconds in [0, 1, 2, 40, 400, 60_000] {
            snapshot.agent.lateness.observe(.milliseconds(milliseconds))
        }
        let lines = StatusView(snapshot, at: Fixtures.now).metrics().text.split(separator: "\n")
            .filter { $0.hasPrefix("bellwether_probe_lateness_seconds_") }
            .compactMap { $0.split(separator: " ").last.map(String.init) }
        let expected = ["3", "4", "4", "4", "4", "5", "5", "5", "6", "6", "6", "6", "6", "6", "7", "60.4436", "7"]
        #expect(lines == expected)
    }

    static let text = #"""
        # HELP bellwether_build_info Always 1; the version is in the label.
        # TYPE bellwether_build_info gauge
        bellwether_build_info{version="1.0.0"} 1
        # HELP bellwether_aggregate_status 1 for the status the agent answers with, 0 for the others.
        # TYPE bellwether_aggregate_status gauge
        bellwether_aggregate_status{status="healthy"} 0
        bellwether_aggregate_status{status="degraded"} 0
        bellwether_aggregate_status{status="unhealthy"} 1
        bellwether_aggregate_status{status="starting"} 0
        bellwether_aggregate_status{status="draining"} 0
        # HELP bellwether_probes_in_flight Probes that are running.
        # TYPE bellwether_probes_in_flight gauge
        bellwether_probes_in_flight 1
        # HELP bellwether_probe_lateness_seconds How late probes started, against their due time.
        # TYPE bellwether_probe_lateness_seconds histogram
        bellwether_probe_lateness_seconds_bucket{le="0.001"} 1
        bellwether_probe_lateness_seconds_bucket{le="0.0025"} 1
        bellwether_probe_lateness_seconds_bucket{le="0.005"} 1
        bellwether_probe_lateness_seconds_bucket{le="0.01"} 1
        bellwether_probe_lateness_seconds_bucket{le="0.025"} 1
        bellwether_probe_lateness_seconds_bucket{le="0.05"} 1
        bellwether_probe_lateness_seconds_bucket{le="0.1"} 1
        bellwether_probe_lateness_seconds_bucket{le="0.25"} 1
        bellwether_probe_lateness_seconds_bucket{le="0.5"} 1
        bellwether_probe_lateness_seconds_bucket{le="1.0"} 1
        bellwether_probe_lateness_seconds_bucket{le="2.5"} 1
        bellwether_probe_lateness_seconds_bucket{le="5.0"} 1
        bellwether_probe_lateness_seconds_bucket{le="10.0"} 1
        bellwether_probe_lateness_seconds_bucket{le="30.0"} 1
        bellwether_probe_lateness_seconds_bucket{le="+Inf"} 1
        bellwether_probe_lateness_seconds_sum 0.0006
        bellwether_probe_lateness_seconds_count 1
        # HELP bellwether_internal_problem 1 while the agent itself lacks this, so that some probes say nothing about their targets.
        # TYPE bellwether_internal_problem gauge
        bellwether_internal_problem{problem="descriptors"} 0
        bellwether_internal_problem{problem="processes"} 0
        bellwether_internal_problem{problem="loop_late"} 0
        bellwether_internal_problem{problem="name_service"} 0
        bellwether_internal_problem{problem="no_route"} 0
        bellwether_internal_problem{problem="other"} 0
        bellwether_internal_problem{problem="state"} 0
        # HELP bellwether_internal_failures_total Probes that failed through the agent's own fault.
        # TYPE bellwether_internal_failures_total counter
        bellwether_internal_failures_total 0
        # HELP bellwether_target_status 1 for the status of the target, 0 for the others.
        # TYPE bellwether_target_status gauge
        bellwether_target_status{target="db",status="healthy"} 0
        bellwether_target_status{target="db",status="degraded"} 0
        bellwether_target_status{target="db",status="unhealthy"} 1
        bellwether_target_status{target="db",status="starting"} 0
        bellwether_target_status{target="db",status="stale"} 0
        # HELP bellwether_probe_success 1 when the last probe passed, with or without a warning.
        # TYPE bellwether_probe_success gauge
        bellwether_probe_success{target="db"} 0
        # HELP bellwether_probes_total Probes by verdict.
        # TYPE bellwether_probes_total counter
        bellwether_probes_total{target="db",verdict="healthy"} 0
        bellwether_probes_total{target="db",verdict="degraded"} 0
        bellwether_probes_total{target="db",verdict="unhealthy"} 1
        bellwether_probes_total{target="db",verdict="unknown"} 0
        # HELP bellwether_probe_failures_total Probes that did not pass, by reason.
        # TYPE bellwether_probe_failures_total counter
        bellwether_probe_failures_total{target="db",reason="refused"} 1
        # HELP bellwether_probe_duration_seconds Duration of each phase, and of the whole probe.
        # TYPE bellwether_probe_duration_seconds histogram
        bellwether_probe_duration_seconds_bucket{target="db",phase="connect",le="0.001"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="connect",le="0.0025"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="connect",le="0.005"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="connect",le="0.01"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="connect",le="0.025"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="connect",le="0.05"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="connect",le="0.1"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="connect",le="0.25"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="connect",le="0.5"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="connect",le="1.0"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="connect",le="2.5"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="connect",le="5.0"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="connect",le="10.0"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="connect",le="30.0"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="connect",le="+Inf"} 1
        bellwether_probe_duration_seconds_sum{target="db",phase="connect"} 0.00035
        bellwether_probe_duration_seconds_count{target="db",phase="connect"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="total",le="0.001"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="total",le="0.0025"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="total",le="0.005"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="total",le="0.01"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="total",le="0.025"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="total",le="0.05"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="total",le="0.1"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="total",le="0.25"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="total",le="0.5"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="total",le="1.0"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="total",le="2.5"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="total",le="5.0"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="total",le="10.0"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="total",le="30.0"} 1
        bellwether_probe_duration_seconds_bucket{target="db",phase="total",le="+Inf"} 1
        bellwether_probe_duration_seconds_sum{target="db",phase="total"} 0.00035
        bellwether_probe_duration_seconds_count{target="db",phase="total"} 1
        # HELP circuit_breaker_state 0 closed, 1 open, 2 half-open.
        # TYPE circuit_breaker_state gauge
        circuit_breaker_state{name="db"} 1
        # HELP circuit_breaker_requests_total Everything that asked the breaker: successful, failed and rejected.
        # TYPE circuit_breaker_requests_total counter
        circuit_breaker_requests_total{name="db"} 45
        # HELP circuit_breaker_requests_successful Outcomes that counted as a success.
        # TYPE circuit_breaker_requests_successful counter
        circuit_breaker_requests_successful{name="db"} 40
        # HELP circuit_breaker_requests_failed Outcomes that counted as a failure.
        # TYPE circuit_breaker_requests_failed counter
        circuit_breaker_requests_failed{name="db"} 3
        # HELP circuit_breaker_requests_rejected Probes the breaker did not admit.
        # TYPE circuit_breaker_requests_rejected counter
        circuit_breaker_requests_rejected{name="db"} 2
        # HELP circuit_breaker_state_transitions Changes of the breaker's state.
        # TYPE circuit_breaker_state_transitions counter
        circuit_breaker_state_transitions{name="db",from="closed",to="open"} 1
        # HELP circuit_breaker_request_duration_seconds Duration of what the breaker admitted.
        # TYPE circuit_breaker_request_duration_seconds histogram
        circuit_breaker_request_duration_seconds_bucket{name="db",le="0.001"} 1
        circuit_breaker_request_duration_seconds_bucket{name="db",le="0.0025"} 1
        circuit_breaker_request_duration_seconds_bucket{name="db",le="0.005"} 1
        circuit_breaker_request_duration_seconds_bucket{name="db",le="0.01"} 1
        circuit_breaker_request_duration_seconds_bucket{name="db",le="0.025"} 1
        circuit_breaker_request_duration_seconds_bucket{name="db",le="0.05"} 1
        circuit_breaker_request_duration_seconds_bucket{name="db",le="0.1"} 1
        circuit_breaker_request_duration_seconds_bucket{name="db",le="0.25"} 1
        circuit_breaker_request_duration_seconds_bucket{name="db",le="0.5"} 1
        circuit_breaker_request_duration_seconds_bucket{name="db",le="1.0"} 1
        circuit_breaker_request_duration_seconds_bucket{name="db",le="2.5"} 1
        circuit_breaker_request_duration_seconds_bucket{name="db",le="5.0"} 1
        circuit_breaker_request_duration_seconds_bucket{name="db",le="10.0"} 1
        circuit_breaker_request_duration_seconds_bucket{name="db",le="30.0"} 1
        circuit_breaker_request_duration_seconds_bucket{name="db",le="+Inf"} 1
        circuit_breaker_request_duration_seconds_sum{name="db"} 0.00035
        circuit_breaker_request_duration_seconds_count{name="db"} 1

        """#
}
