// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import HealthModel

/// The machine this process runs on.
package enum Host {
    /// The host name, as `hostname` prints it; `localhost` when it has none.
    package static var name: String {
        var name = [CChar](repeating: 0, count: 256)
        // unsafe: at most `count` bytes, NUL included, are written into the array.
        guard unsafe clinux_host_name(&name, name.count) == 0, name[0] != 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Standard input, output and error of this process.
package enum StandardStreams {
    /// Whether a person reads standard output.
    package static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Whether a person reads standard error.
    package static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Opens /dev/null in place of those that are closed, so that no socket gets their numbers and is written to by mistake.
    ///
    /// To be called before anything is opened.
    /// - Throws: why /dev/null cannot be opened.
    package static func open() throws(SystemError) {
        guard clinux_open_standard_descriptors() == 0 else { throw .last }
    }
}

/// The environment this process was started with.
package enum ProcessEnvironment {
    /// The value of a variable; nil when it is not set.
    package static func value(of name: String) -> String? {
        // unsafe: the text is copied at once; nothing in the agent changes its environment.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
