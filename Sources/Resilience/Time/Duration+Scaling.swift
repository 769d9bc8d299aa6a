// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// `seconds` rounded to a nanosecond, so that products of round numbers stay round; saturates at `maximum`.
    ///
    /// - Parameters:
    ///   - seconds: the length; not a number and negative numbers give zero.
    ///   - maximum: the longest result.
    /// - Returns: the duration in `zero ... maximum`.
    package static func clamped(seconds: Double, to maximum: Duration) -> Duration {
        guard seconds > 0 else { return .zero }
        guard seconds < maximum.inSeconds else { return maximum }
        let nanoseconds = (seconds * 1e9).rounded()
        let duration: Duration = nanoseconds < 9e18 ? .nanoseconds(Int64(nanoseconds)) : .seconds(seconds)
        return Swift.min(duration, maximum)
    }

    /// This duration times `factor`, rounded to a nanosecond and at most `maximum`.
    package func scaled(by factor: Double, atMost maximum: Duration) -> Duration {
        .clamped(seconds: inSeconds * factor, to: maximum)
    }
}
