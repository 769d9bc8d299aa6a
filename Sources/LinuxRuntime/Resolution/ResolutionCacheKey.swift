// SPDX-License-Identifier: Apache-2.0

/// Who asks: the same key while waiting takes the place of the earlier question.
package struct ResolutionCacheKey: Hashable {
    let observer: ObjectIdentifier
    let port: UInt16

    package init(observer: ObjectIdentifier, port: UInt16) {
        self.observer = observer
        self.port = port
    }
}
