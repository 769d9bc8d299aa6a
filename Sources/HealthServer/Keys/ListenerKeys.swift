// SPDX-License-Identifier: Apache-2.0

import NIOSSL

/// The keys of one listener as they are now; confined to the event loop.
final class ListenerKeys {
    /// What opens everything that is not public; nil where no token does.
    var token: BearerToken?
    /// What TLS connections begin with; nil where plain text is spoken.
    var tls: NIOSSLContext?
}
