// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Synchronization

/// What the other parts of the simulation do with descriptors.
extension SimulatedKernel {
    func open(_ kind: SimulatedDescriptor.Kind) throws(SystemError) -> DescriptorHandle {
        try state.withLock { state throws(SystemError) in try state.descriptors.open(kind) }
    }

    func handle(of descriptor: CInt, for use: String) -> DescriptorHandle {
        let serial = state.withLock { $0.descriptors[descriptor, use].serial }
        return DescriptorHandle(number: descriptor, serial: serial)
    }

    func kind(of descriptor: CInt, for use: String) -> SimulatedDescriptor.Kind {
        state.withLock { $0.descriptors[descriptor, use].kind }
    }

    /// Changes what is behind a descriptor; false when it was closed meanwhile.
    @discardableResult
    func change(_ handle: DescriptorHandle, _ change: (inout SimulatedDescriptor) -> Void) -> Bool {
        state.withLock { $0.descriptors.change(handle, change) }
    }
}
