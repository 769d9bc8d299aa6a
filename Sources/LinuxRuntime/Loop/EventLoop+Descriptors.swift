// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Is told when a descriptor it watches becomes ready.
package protocol DescriptorHandler: AnyObject {
    /// Called on the loop, edge-triggered: until `wouldBlock` is seen there is no second call for the same condition.
    func ready(_ descriptor: CInt, _ events: Readiness.Events, on loop: isolated EventLoop)
}

extension EventLoop {
    /// Watches an open descriptor for everything, edge-triggered, until `unwatch`.
    ///
    /// The loop keeps the handler alive meanwhile.
    /// - Parameters:
    ///   - descriptor: what is watched.
    ///   - handler: is told when it is ready.
    /// - Throws: why the kernel cannot watch it.
    package func watch(_ descriptor: CInt, _ handler: any DescriptorHandler) throws(SystemError) {
        // A socket that is connected anew is watched all the time: what becomes of the new connection is a new edge.
        guard let token = descriptors.insert(handler, for: descriptor) else { return }
        do {
            try kernel.watch(descriptor, token: token)
        } catch {
            _ = descriptors.remove(descriptor)
            throw error
        }
    }

    /// Stops watching; must come before `close`, and does nothing for what is not watched.
    package func unwatch(_ descriptor: CInt) {
        guard descriptors.remove(descriptor) else { return }
        kernel.unwatch(descriptor)
    }

    /// Stops watching and closes.
    ///
    /// The kernel forgets what it watches when that is closed, so it is not asked to besides. A copy in a child that is about to
    /// become another program may keep it watched for a moment: what is then reported finds nobody.
    package func close(_ descriptor: CInt) {
        _ = descriptors.remove(descriptor)
        kernel.close(descriptor)
    }
}
