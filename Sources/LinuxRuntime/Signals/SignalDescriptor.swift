// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import HealthModel

/// Tells a loop of the signals that a ``SignalWaiter`` has blocked, as one more descriptor to watch.
///
/// For a command whose work is all on the loop: it ends on a signal as on anything else that happens there. The waiter itself is
/// not to be asked then, because each signal is told once.
package final class SignalDescriptor {
    private let descriptor: CInt
    private var observer: (any SignalObserver)?

    /// Opens the descriptor.
    ///
    /// - Throws: why it cannot be had.
    package init() throws(SystemError) {
        descriptor = clinux_signal_descriptor()
        guard descriptor >= 0 else { throw .last }
    }

    deinit {
        _ = Glibc.close(descriptor)
    }

    /// Tells `observer` of each signal, from now until ``stop(on:)``.
    ///
    /// - Throws: why the loop cannot watch it.
    package func begin(telling observer: any SignalObserver, on loop: isolated EventLoop) throws(SystemError) {
        self.observer = observer
        try loop.watch(descriptor, self)
    }

    /// Tells nobody any more.
    package func stop(on loop: isolated EventLoop) {
        observer = nil
        loop.unwatch(descriptor)
    }
}

/// Is told of signals, on the loop.
package protocol SignalObserver: AnyObject {
    func signalled(_ signal: Signal, on loop: isolated EventLoop)
}

extension SignalDescriptor: DescriptorHandler {
    package func ready(_ descriptor: CInt, _ events: Readiness.Events, on loop: isolated EventLoop) {
        while case let number = clinux_take_signal(descriptor), number > 0 {
            guard let signal = Signal(number: number) else { continue }
            observer?.signalled(signal, on: loop)
        }
    }
}
