// SPDX-License-Identifier: Apache-2.0

import CCurl

/// libcurl's process-wide state.
enum CurlGlobal {
    /// Whether it stands; the first look sets it up, once in the process's life.
    static let isReady = ccurl_initialize() == CURLE_OK
}
