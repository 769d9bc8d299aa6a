// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// Why a program was not even started.
enum ScriptObstacle: Error, Hashable {
    /// The program's fault, or that of what was written about it.
    case program(String, SystemError?)
    /// Our fault.
    case ours(String, SystemError? = nil, problem: InternalProblem? = nil)
    /// A process of an earlier run is still there although it was killed.
    case stuck(ProcessID)
}
