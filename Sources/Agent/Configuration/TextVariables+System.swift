// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime
import ProbeConfig

extension TextVariables {
    /// What `${…}` stands for on this machine, in the environment that this process was started with.
    static var system: TextVariables {
        TextVariables(hostname: Host.name) { ProcessEnvironment.value(of: $0) }
    }
}
