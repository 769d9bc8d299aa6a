// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Resilience

/// The series of one source of injected faults.
final class ChaosSeries: Series {
    private let faults: LabelledCounters<String>

    init(_ name: String, isShared: Bool, _ factory: any MetricsFactory) {
        faults = LabelledCounters { fault in
            Counter(label: "chaos_faults_total", dimensions: [("name", name), ("fault", fault)], factory: factory)
        }
    }

    func inject(_ fault: InjectedFault) {
        switch fault {
        case .delay: faults.increment("delay")
        case .failure: faults.increment("failure")
        }
    }

    func destroy() {
        faults.destroy()
    }
}
