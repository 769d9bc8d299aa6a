// SPDX-License-Identifier: Apache-2.0

/// Looks names up, and may block for as long as it likes: it runs on a thread of its own.
package protocol NameLookUp: Sendable {
    /// The addresses of `name`, with port 0, in the order the system prefers; at least one.
    ///
    /// - Throws: why there is none.
    func addresses(of name: String) throws(ResolutionFailure) -> [SocketAddress]
}
