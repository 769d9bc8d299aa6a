// SPDX-License-Identifier: Apache-2.0

import Exposition

/// What the dialects say, JSON broken after each comma to be readable here.
extension DialectTests {
    static let cases: [Case] = [
        Case(
            .healthy,
            .actuator,
            200,
            #"""
            {"status":"UP",
            "components":{"agent/status":{"status":"UP",
            "details":{"level":"healthy",
            "reasons":[],
            "why":"every required target is healthy"}},
            "api":{"status":"UP",
            "details":{"level":"healthy",
            "why":"last probe: 200 in 12.5ms",
            "impact":"required",
            "since":"2026-11-21T03:49:10.042Z"}}}}

            """#
        ),
        Case(
            .degraded,
            .actuator,
            200,
            #"""
            {"status":"UP",
            "components":{"agent/status":{"status":"UP",
            "details":{"level":"degraded",
            "reasons":["exec_exit",
            "refused"],
            "why":"degrading targets are down: db"}},
            "api":{"status":"UP",
            "details":{"level":"healthy",
            "why":"last probe: 200 in 12.5ms",
            "impact":"required",
            "since":"2026-11-21T03:49:10.042Z"}},
            "db":{"status":"DOWN",
            "details":{"level":"unhealthy",
            "reason":"refused",
            "why":"breaker open: 3 failures in a row,
             last: connection refused",
            "impact":"degrading",
            "since":"2026-11-21T03:49:10.042Z"}},
            "disk":{"status":"UP",
            "details":{"level":"degraded",
            "reason":"exec_exit",
            "why":"last probe: DISK WARNING - 91% of \"/\" used",
            "impact":"degrading",
            "since":"2026-11-21T03:49:10.042Z"}}}}

            """#
        ),
        Case(
            .starting,
            .actuator,
            503,
            #"""
            {"status":"OUT_OF_SERVICE",
            "components":{"agent/status":{"status":"OUT_OF_SERVICE",
            "details":{"level":"starting",
            "reasons":["starting"],
            "why":"no verdict yet: new"}},
            "api":{"status":"UP",
            "details":{"level":"healthy",
            "why":"last probe: 200 in 12.5ms",
            "impact":"required",
            "since":"2026-11-21T03:49:10.042Z"}},
            "new":{"status":"UNKNOWN",
            "details":{"level":"starting",
            "reason":"starting",
            "why":"no verdict yet",
            "impact":"required",
            "since":"2026-11-21T03:49:10.042Z"}}}}

            """#
        ),
        Case(
            .draining,
            .actuator,
            503,
            #"""
            {"status":"OUT_OF_SERVICE",
            "components":{"agent/status":{"status":"OUT_OF_SERVICE",
            "details":{"level":"draining",
            "reasons":[],
            "why":"the agent is shutting down"}},
            "api":{"status":"UP",
            "details":{"level":"healthy",
            "why":"last probe: 200 in 12.5ms",
            "impact":"required",
            "since":"2026-11-21T03:49:10.042Z"}},
            "db":{"status":"DOWN",
            "details":{"level":"unhealthy",
            "reason":"refused",
            "why":"breaker open: 3 failures in a row,
             last: connection refused",
            "impact":"required",
            "since":"2026-11-21T03:49:10.042Z"}},
            "disk":{"status":"UP",
            "details":{"level":"degraded",
            "reason":"exec_exit",
            "why":"last probe: DISK WARNING - 91% of \"/\" used",
            "impact":"degrading",
            "since":"2026-11-21T03:49:10.042Z"}}}}

            """#
        ),
        Case(
            .stale,
            .actuator,
            503,
            #"""
            {"status":"DOWN",
            "components":{"agent/status":{"status":"DOWN",
            "details":{"level":"unhealthy",
            "reasons":["stale"],
            "why":"verdicts are stale: they were not renewed in time"}},
            "api":{"status":"DOWN",
            "details":{"level":"stale",
            "reason":"stale",
            "why":"no new verdict in time; the last one passed but is too old to be believed",
            "impact":"required",
            "since":"2026-11-21T03:49:40.042Z"}}}}

            """#
        ),
        Case(
            .unhealthy,
            .actuator,
            detail: false,
            503,
            #"""
            {"status":"DOWN",
            "components":{"agent/status":{"status":"DOWN",
            "details":{"level":"unhealthy",
            "reasons":["refused"]}}}}

            """#
        ),
        Case(
            .stalled,
            .actuator,
            detail: false,
            503,
            #"""
            {"status":"DOWN",
            "components":{"agent/status":{"status":"DOWN",
            "details":{"level":"unhealthy",
            "reasons":["stale"]}}}}

            """#
        ),
        Case(
            .healthy,
            .aspnetReport,
            200,
            #"""
            {"status":"Healthy",
            "totalDuration":"00:00:00.0125000",
            "entries":{"agent/status":{"data":{"status":"healthy",
            "reasons":[]},
            "description":"every required target is healthy",
            "duration":"00:00:00",
            "status":"Healthy",
            "tags":["agent"]},
            "api":{"data":{"status":"healthy"},
            "description":"last probe: 200 in 12.5ms",
            "duration":"00:00:00.0125000",
            "status":"Healthy",
            "tags":["required"]}}}

            """#
        ),
        Case(
            .degraded,
            .aspnetReport,
            200,
            #"""
            {"status":"Degraded",
            "totalDuration":"00:00:00.0800000",
            "entries":{"agent/status":{"data":{"status":"degraded",
            "reasons":["exec_exit",
            "refused"]},
            "description":"degrading targets are down: db",
            "duration":"00:00:00",
            "status":"Degraded",
            "tags":["agent"]},
            "api":{"data":{"status":"healthy"},
            "description":"last probe: 200 in 12.5ms",
            "duration":"00:00:00.0125000",
            "status":"Healthy",
            "tags":["required"]},
            "db":{"data":{"status":"unhealthy",
            "reason":"refused"},
            "description":"breaker open: 3 failures in a row,
             last: connection refused",
            "duration":"00:00:00.0003500",
            "status":"Unhealthy",
            "tags":["degrading"]},
            "disk":{"data":{"status":"degraded",
            "reason":"exec_exit"},
            "description":"last probe: DISK WARNING - 91% of \"/\" used",
            "duration":"00:00:00.0800000",
            "status":"Degraded",
            "tags":["degrading",
            "env:prod",
            "team:base"]}}}

            """#
        ),
        Case(
            .starting,
            .aspnetReport,
            503,
            #"""
            {"status":"Unhealthy",
            "totalDuration":"00:00:00.0125000",
            "entries":{"agent/status":{"data":{"status":"starting",
            "reasons":["starting"]},
            "description":"no verdict yet: new",
            "duration":"00:00:00",
            "status":"Unhealthy",
            "tags":["agent"]},
            "api":{"data":{"status":"healthy"},
            "description":"last probe: 200 in 12.5ms",
            "duration":"00:00:00.0125000",
            "status":"Healthy",
            "tags":["required"]},
            "new":{"data":{"status":"starting",
            "reason":"starting"},
            "description":"no verdict yet",
            "duration":"00:00:00",
            "status":"Unhealthy",
            "tags":["required"]}}}

            """#
        ),
        Case(
            .draining,
            .aspnetReport,
            503,
            #"""
            {"status":"Unhealthy",
            "totalDuration":"00:00:00.0800000",
            "entries":{"agent/status":{"data":{"status":"draining",
            "reasons":[]},
            "description":"the agent is shutting down",
            "duration":"00:00:00",
            "status":"Unhealthy",
            "tags":["agent"]},
            "api":{"data":{"status":"healthy"},
            "description":"last probe: 200 in 12.5ms",
            "duration":"00:00:00.0125000",
            "status":"Healthy",
            "tags":["required"]},
            "db":{"data":{"status":"unhealthy",
            "reason":"refused"},
            "description":"breaker open: 3 failures in a row,
             last: connection refused",
            "duration":"00:00:00.0003500",
            "status":"Unhealthy",
            "tags":["required"]},
            "disk":{"data":{"status":"degraded",
            "reason":"exec_exit"},
            "description":"last probe: DISK WARNING - 91% of \"/\" used",
            "duration":"00:00:00.0800000",
            "status":"Degraded",
            "tags":["degrading",
            "env:prod",
            "team:base"]}}}

            """#
        ),
        Case(
            .stale,
            .aspnetReport,
            503,
            #"""
            {"status":"Unhealthy",
            "totalDuration":"00:00:00.0125000",
            "entries":{"agent/status":{"data":{"status":"unhealthy",
            "reasons":["stale"]},
            "description":"verdicts are stale: they were not renewed in time",
            "duration":"00:00:00",
            "status":"Unhealthy",
            "tags":["agent"]},
            "api":{"data":{"status":"stale",
            "reason":"stale"},
            "description":"no new verdict in time; the last one passed but is too old to be believed",
            "duration":"00:00:00.0125000",
            "status":"Unhealthy",
            "tags":["required"]}}}

            """#
        ),
        Case(
            .unhealthy,
            .aspnetReport,
            detail: false,
            503,
            #"""
            {"status":"Unhealthy",
            "totalDuration":"00:00:00",
            "entries":{"agent/status":{"data":{"status":"unhealthy",
            "reasons":["refused"]},
            "description":"unhealthy: refused",
            "duration":"00:00:00",
            "status":"Unhealthy",
            "tags":["agent"]}}}

            """#
        ),
        Case(
            .stalled,
            .aspnetReport,
            detail: false,
            503,
            #"""
            {"status":"Unhealthy",
            "totalDuration":"00:00:00",
            "entries":{"agent/status":{"data":{"status":"unhealthy",
            "reasons":["stale"]},
            "description":"unhealthy: stale",
            "duration":"00:00:00",
            "status":"Unhealthy",
            "tags":["agent"]}}}

            """#
        ),
        Case(
            .healthy,
            .consulReport,
            200,
            #"""
            {"AggregatedStatus":"passing",
            "Output":"",
            "Checks":[{"CheckID":"api",
            "Name":"api",
            "Status":"passing",
            "Output":"healthy",
            "Type":"http"}]}

            """#
        ),
        Case(
            .degraded,
            .consulReport,
            429,
            #"""
            {"AggregatedStatus":"warning",
            "Output":"degrading targets are down: db",
            "Checks":[{"CheckID":"api",
            "Name":"api",
            "Status":"passing",
            "Output":"healthy",
            "Type":"http"},
            {"CheckID":"db",
            "Name":"db",
            "Status":"critical",
            "Output":"unhealthy: refused",
            "Type":"tcp"},
            {"CheckID":"disk",
            "Name":"root file system",
            "Status":"warning",
            "Output":"degraded: exec_exit",
            "Type":"script"}]}

            """#
        ),
        Case(
            .starting,
            .consulReport,
            503,
            #"""
            {"AggregatedStatus":"critical",
            "Output":"no verdict yet: new",
            "Checks":[{"CheckID":"api",
            "Name":"api",
            "Status":"passing",
            "Output":"healthy",
            "Type":"http"},
            {"CheckID":"new",
            "Name":"new",
            "Status":"critical",
            "Output":"starting",
            "Type":"tcp"}]}

            """#
        ),
        Case(
            .draining,
            .consulReport,
            503,
            #"""
            {"AggregatedStatus":"critical",
            "Output":"the agent is shutting down",
            "Checks":[{"CheckID":"api",
            "Name":"api",
            "Status":"passing",
            "Output":"healthy",
            "Type":"http"},
            {"CheckID":"db",
            "Name":"db",
            "Status":"critical",
            "Output":"unhealthy: refused",
            "Type":"tcp"},
            {"CheckID":"disk",
            "Name":"root file system",
            "Status":"warning",
            "Output":"degraded: exec_exit",
            "Type":"script"}]}

            """#
        ),
        Case(
            .stale,
            .consulReport,
            503,
            #"""
            {"AggregatedStatus":"critical",
            "Output":"verdicts are stale: they were not renewed in time",
            "Checks":[{"CheckID":"api",
            "Name":"api",
            "Status":"critical",
            "Output":"stale",
            "Type":"http"}]}

            """#
        ),
        Case(
            .unhealthy,
            .consulReport,
            detail: false,
            503,
            #"""
            {"AggregatedStatus":"critical",
            "Output":"unhealthy: refused",
            "Checks":[]}

            """#
        ),
        Case(
            .stalled,
            .consulReport,
            detail: false,
            503,
            #"""
            {"AggregatedStatus":"critical",
            "Output":"unhealthy: stale",
            "Checks":[]}

            """#
        ),
        Case(
            .healthy,
            .aspnetWord,
            200,
            #"""
            Healthy
            """#
        ),
        Case(
            .degraded,
            .aspnetWord,
            200,
            #"""
            Degraded
            """#
        ),
        Case(
            .unhealthy,
            .aspnetWord,
            503,
            #"""
            Unhealthy
            """#
        ),
        Case(
            .starting,
            .aspnetWord,
            503,
            #"""
            Unhealthy
            """#
        ),
        Case(
            .draining,
            .aspnetWord,
            503,
            #"""
            Unhealthy
            """#
        ),
        Case(
            .stale,
            .aspnetWord,
            503,
            #"""
            Unhealthy
            """#
        ),
        Case(
            .stalled,
            .aspnetWord,
            503,
            #"""
            Unhealthy
            """#
        ),
        Case(
            .unhealthy,
            .aspnetWord,
            detail: false,
            503,
            #"""
            Unhealthy
            """#
        ),
        Case(
            .degraded,
            .aspnetWord,
            detail: false,
            200,
            #"""
            Degraded
            """#
        ),
        Case(
            .healthy,
            .consulLines,
            200,
            #"""
            passing

            """#
        ),
        Case(
            .degraded,
            .consulLines,
            429,
            #"""
            warning: degrading targets are down: db
            db: unhealthy: refused
            disk: degraded: exec_exit

            """#
        ),
        Case(
            .unhealthy,
            .consulLines,
            503,
            #"""
            critical: required target down: db
            db: unhealthy: refused
            disk: degraded: exec_exit

            """#
        ),
        Case(
            .starting,
            .consulLines,
            503,
            #"""
            critical: no verdict yet: new
            new: starting

            """#
        ),
        Case(
            .draining,
            .consulLines,
            503,
            #"""
            critical: the agent is shutting down
            db: unhealthy: refused
            disk: degraded: exec_exit

            """#
        ),
        Case(
            .stale,
            .consulLines,
            503,
            #"""
            critical: verdicts are stale: they were not renewed in time
            api: stale

            """#
        ),
        Case(
            .stalled,
            .consulLines,
            503,
            #"""
            critical: verdicts are stale: they were not renewed in time

            """#
        ),
        Case(
            .unhealthy,
            .consulLines,
            detail: false,
            503,
            #"""
            critical: unhealthy: refused

            """#
        ),
        Case(
            .degraded,
            .consulLines,
            detail: false,
            429,
            #"""
            warning: degraded: exec_exit,
             refused

            """#
        ),
        Case(
            .starting,
            .json,
            503,
            #"""
            {"status":"starting",
            "since":"2026-11-21T03:49:10.042Z",
            "reasons":["starting"],
            "why":"no verdict yet: new",
            "change":null,
            "sequence":17,
            "taken_at":"2026-11-21T03:49:10.042Z",
            "fail_open":false,
            "groups":[],
            "targets":[{"name":"api",
            "kind":"http",
            "subject":"https://api.internal/health",
            "impact":"required",
            "groups":[],
            "depends_on":[],
            "description":null,
            "tags":{},
            "status":"healthy",
            "since":"2026-11-21T03:49:10.042Z",
            "why":"last probe: 200 in 12.5ms",
            "restored":false,
            "attributed_to":[],
            "maintenance":null,
            "breaker":{"state":"closed",
            "since":"2026-11-21T03:49:10.042Z",
            "why":"no failures",
            "half_opens_in_s":null,
            "consecutive_failures":0,
            "succeeded":12,
            "failed":0,
            "rejected":0,
            "forced":null},
            "last_outcome":{"verdict":"healthy",
            "reason":null,
            "layer":"L7OK",
            "message":"200 in 12.5ms",
            "at":"2026-11-21T03:49:10.042Z",
            "duration_s":0.0125,
            "phases":{"connect_s":0.0004,
            "first_byte_s":0.012},
            "address":"10.0.0.5:443",
            "observed":{"status":200,
            "http_version":"1.1"},
            "evidence":null},
            "next_due_in_s":7,
            "next_due":"2026-11-21T03:49:17.042Z",
            "definition":null},
            {"name":"new",
            "kind":"tcp",
            "subject":"10.0.0.7:6379",
            "impact":"required",
            "groups":[],
            "depends_on":[],
            "description":null,
            "tags":{},
            "status":"starting",
            "since":"2026-11-21T03:49:10.042Z",
            "why":"no verdict yet",
            "restored":false,
            "attributed_to":[],
            "maintenance":null,
            "breaker":{"state":"closed",
            "since":"2026-11-21T03:49:10.042Z",
            "why":"no failures",
            "half_opens_in_s":null,
            "consecutive_failures":0,
            "succeeded":12,
            "failed":0,
            "rejected":0,
            "forced":null},
            "last_outcome":null,
            "next_due_in_s":0.3,
            "next_due":"2026-11-21T03:49:10.342Z",
            "definition":null}]}

            """#
        ),
        Case(
            .healthy,
            .json,
            detail: false,
            200,
            #"""
            {"status":"healthy",
            "since":"2026-11-21T03:49:10.042Z",
            "reasons":[],
            "sequence":17,
            "taken_at":"2026-11-21T03:49:10.042Z",
            "fail_open":false}

            """#
        ),
        Case(
            .degraded,
            .json,
            detail: false,
            200,
            #"""
            {"status":"degraded",
            "since":"2026-11-21T03:49:10.042Z",
            "reasons":["exec_exit",
            "refused"],
            "sequence":17,
            "taken_at":"2026-11-21T03:49:10.042Z",
            "fail_open":false}

            """#
        ),
        Case(
            .unhealthy,
            .json,
            detail: false,
            503,
            #"""
            {"status":"unhealthy",
            "since":"2026-11-21T03:49:10.042Z",
            "reasons":["refused"],
            "sequence":17,
            "taken_at":"2026-11-21T03:49:10.042Z",
            "fail_open":false}

            """#
        ),
        Case(
            .starting,
            .json,
            detail: false,
            503,
            #"""
            {"status":"starting",
            "since":"2026-11-21T03:49:10.042Z",
            "reasons":["starting"],
            "sequence":17,
            "taken_at":"2026-11-21T03:49:10.042Z",
            "fail_open":false}

            """#
        ),
        Case(
            .draining,
            .json,
            detail: false,
            503,
            #"""
            {"status":"draining",
            "since":"2026-11-21T03:49:10.042Z",
            "reasons":[],
            "sequence":17,
            "taken_at":"2026-11-21T03:49:10.042Z",
            "fail_open":false}

            """#
        ),
        Case(
            .stale,
            .json,
            detail: false,
            503,
            #"""
            {"status":"unhealthy",
            "since":"2026-11-21T03:49:40.042Z",
            "reasons":["stale"],
            "sequence":17,
            "taken_at":"2026-11-21T03:49:10.042Z",
            "fail_open":false}

            """#
        ),
        Case(
            .stalled,
            .json,
            detail: false,
            503,
            #"""
            {"status":"unhealthy",
            "since":"2026-11-21T03:49:15.042Z",
            "reasons":["stale"],
            "sequence":17,
            "taken_at":"2026-11-21T03:49:10.042Z",
            "fail_open":false}

            """#
        ),
    ]

    static let targetCases: [Case] = [
        Case(
            .healthy,
            .actuator,
            200,
            #"""
            {"status":"UP",
            "details":{"level":"healthy",
            "why":"last probe: 200 in 12.5ms",
            "impact":"required",
            "since":"2026-11-21T03:49:10.042Z"}}

            """#
        ),
        Case(
            .unhealthy,
            .actuator,
            503,
            #"""
            {"status":"DOWN",
            "details":{"level":"unhealthy",
            "reason":"refused",
            "why":"breaker open: 3 failures in a row,
             last: connection refused",
            "impact":"required",
            "since":"2026-11-21T03:49:10.042Z"}}

            """#
        ),
        Case(
            .draining,
            .actuator,
            503,
            #"""
            {"status":"OUT_OF_SERVICE",
            "details":{"level":"draining",
            "reasons":[],
            "why":"the agent is shutting down"}}

            """#
        ),
        Case(
            .unhealthy,
            .actuator,
            detail: false,
            503,
            #"""
            {"status":"DOWN",
            "details":{"level":"unhealthy",
            "reasons":["refused"]}}

            """#
        ),
        Case(
            .healthy,
            .aspnetReport,
            200,
            #"""
            {"status":"Healthy",
            "totalDuration":"00:00:00.0125000",
            "entries":{"agent/status":{"data":{"status":"healthy",
            "reasons":[]},
            "description":"last probe: 200 in 12.5ms",
            "duration":"00:00:00",
            "status":"Healthy",
            "tags":["agent"]},
            "api":{"data":{"status":"healthy"},
            "description":"last probe: 200 in 12.5ms",
            "duration":"00:00:00.0125000",
            "status":"Healthy",
            "tags":["required"]}}}

            """#
        ),
        Case(
            .unhealthy,
            .aspnetReport,
            503,
            #"""
            {"status":"Unhealthy",
            "totalDuration":"00:00:00.0003500",
            "entries":{"agent/status":{"data":{"status":"unhealthy",
            "reasons":["refused"]},
            "description":"breaker open: 3 failures in a row,
             last: connection refused",
            "duration":"00:00:00",
            "status":"Unhealthy",
            "tags":["agent"]},
            "db":{"data":{"status":"unhealthy",
            "reason":"refused"},
            "description":"breaker open: 3 failures in a row,
             last: connection refused",
            "duration":"00:00:00.0003500",
            "status":"Unhealthy",
            "tags":["required"]}}}

            """#
        ),
        Case(
            .draining,
            .aspnetReport,
            503,
            #"""
            {"status":"Unhealthy",
            "totalDuration":"00:00:00.0003500",
            "entries":{"agent/status":{"data":{"status":"draining",
            "reasons":[]},
            "description":"the agent is shutting down",
            "duration":"00:00:00",
            "status":"Unhealthy",
            "tags":["agent"]},
            "db":{"data":{"status":"unhealthy",
            "reason":"refused"},
            "description":"breaker open: 3 failures in a row,
             last: connection refused",
            "duration":"00:00:00.0003500",
            "status":"Unhealthy",
            "tags":["required"]}}}

            """#
        ),
        Case(
            .unhealthy,
            .aspnetReport,
            detail: false,
            503,
            #"""
            {"status":"Unhealthy",
            "totalDuration":"00:00:00",
            "entries":{"agent/status":{"data":{"status":"unhealthy",
            "reasons":["refused"]},
            "description":"unhealthy: refused",
            "duration":"00:00:00",
            "status":"Unhealthy",
            "tags":["agent"]}}}

            """#
        ),
        Case(
            .healthy,
            .consulLines,
            200,
            #"""
            passing

            """#
        ),
        Case(
            .unhealthy,
            .consulLines,
            503,
            #"""
            critical: breaker open: 3 failures in a row,
             last: connection refused

            """#
        ),
        Case(
            .draining,
            .consulLines,
            503,
            #"""
            critical: the agent is shutting down

            """#
        ),
        Case(
            .unhealthy,
            .consulLines,
            detail: false,
            503,
            #"""
            critical: unhealthy: refused

            """#
        ),
        Case(
            .healthy,
            .consulReport,
            200,
            #"""
            {"AggregatedStatus":"passing",
            "Output":"",
            "Checks":[{"CheckID":"api",
            "Name":"api",
            "Status":"passing",
            "Output":"healthy",
            "Type":"http"}]}

            """#
        ),
        Case(
            .unhealthy,
            .consulReport,
            503,
            #"""
            {"AggregatedStatus":"critical",
            "Output":"breaker open: 3 failures in a row,
             last: connection refused",
            "Checks":[{"CheckID":"db",
            "Name":"db",
            "Status":"critical",
            "Output":"unhealthy: refused",
            "Type":"tcp"}]}

            """#
        ),
        Case(
            .draining,
            .consulReport,
            503,
            #"""
            {"AggregatedStatus":"critical",
            "Output":"the agent is shutting down",
            "Checks":[{"CheckID":"db",
            "Name":"db",
            "Status":"critical",
            "Output":"unhealthy: refused",
            "Type":"tcp"}]}

            """#
        ),
        Case(
            .unhealthy,
            .consulReport,
            detail: false,
            503,
            #"""
            {"AggregatedStatus":"critical",
            "Output":"unhealthy: refused",
            "Checks":[]}

            """#
        ),
        Case(
            .starting,
            .actuator,
            503,
            #"""
            {"status":"OUT_OF_SERVICE",
            "details":{"level":"starting",
            "reason":"starting",
            "why":"no verdict yet",
            "impact":"required",
            "since":"2026-11-21T03:49:10.042Z"}}

            """#
        ),
        Case(
            .stale,
            .json,
            detail: false,
            503,
            #"""
            {"status":"stale",
            "since":"2026-11-21T03:49:40.042Z",
            "reasons":["stale"],
            "sequence":17,
            "taken_at":"2026-11-21T03:49:10.042Z",
            "fail_open":false}

            """#
        ),
        Case(
            .stale,
            .aspnetWord,
            503,
            #"""
            Unhealthy
            """#
        ),
        Case(
            .starting,
            .json,
            503,
            #"""
            {"status":"starting",
            "since":"2026-11-21T03:49:10.042Z",
            "reasons":["starting"],
            "why":"no verdict yet",
            "change":null,
            "sequence":17,
            "taken_at":"2026-11-21T03:49:10.042Z",
            "fail_open":false,
            "groups":[],
            "targets":[{"name":"new",
            "kind":"tcp",
            "subject":"10.0.0.7:6379",
            "impact":"required",
            "groups":[],
            "depends_on":[],
            "description":null,
            "tags":{},
            "status":"starting",
            "since":"2026-11-21T03:49:10.042Z",
            "why":"no verdict yet",
            "restored":false,
            "attributed_to":[],
            "maintenance":null,
            "breaker":{"state":"closed",
            "since":"2026-11-21T03:49:10.042Z",
            "why":"no failures",
            "half_opens_in_s":null,
            "consecutive_failures":0,
            "succeeded":12,
            "failed":0,
            "rejected":0,
            "forced":null},
            "last_outcome":null,
            "next_due_in_s":0.3,
            "next_due":"2026-11-21T03:49:10.342Z",
            "definition":null}]}

            """#
        ),
    ]
}
