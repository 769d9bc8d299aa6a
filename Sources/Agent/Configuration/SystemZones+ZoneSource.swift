// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime
import ProbeConfig

extension SystemZones: ZoneSource {}
