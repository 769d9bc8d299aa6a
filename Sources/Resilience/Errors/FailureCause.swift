// SPDX-License-Identifier: Apache-2.0

/// Why a call failed: a message or the error itself.
///
/// An error is kept as it is and described only when somebody reads it, so that recording a failure stays cheap and no foreign
/// code runs under a lock. Two causes are equal when they read the same.
public struct FailureCause: Sendable, Hashable, CustomStringConvertible {
    /// The longest text that is kept or shown, in UTF-8 bytes.
    public static let maximumTextBytes = 512

    private enum Content: Sendable {
        case message(String)
        case error(any Error)
    }

    private let content: Content

    /// A cause in words.
    ///
    /// - Parameter message: what happened; cut at ``maximumTextBytes``.
    public init(_ message: String) {
        content = .message(Self.bounded(message))
    }

    /// A cause that is an error.
    ///
    /// - Parameter error: the error that was thrown.
    public init(_ error: any Error) {
        content = .error(error)
    }

    /// The error, when the cause is one.
    public var error: (any Error)? {
        guard case .error(let error) = content else { return nil }
        return error
    }

    /// The message or the description of the error, cut at ``maximumTextBytes``.
    public var description: String {
        switch content {
        case .message(let message): message
        case .error(let error): Self.bounded(String(describing: error))
        }
    }

    /// Whether both causes read the same.
    public static func == (left: Self, right: Self) -> Bool {
        left.description == right.description
    }

    /// Hashes the text.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(description)
    }

    private static func bounded(_ text: String) -> String {
        guard text.utf8.count > maximumTextBytes else { return text }
        var kept = ""
        var bytes = 0
        for scalar in text.unicodeScalars {
            bytes += UTF8.width(scalar)
            guard bytes <= maximumTextBytes - 3 else { break }
            kept.unicodeScalars.append(scalar)
        }
        return kept + "…"
    }
}
