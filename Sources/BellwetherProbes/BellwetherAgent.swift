// SPDX-License-Identifier: Apache-2.0

import Agent
import CommandLineTool

/// An agent with kinds of its own: the whole `bellwether`, with its commands, configuration and outputs.
///
/// ```swift
/// @main
/// enum Main {
///     static func main() { BellwetherAgent.main(kinds: [QueueDepth.self]) }
/// }
/// ```
public enum BellwetherAgent {
    /// Parses the process's arguments and does what they say; ends the process.
    ///
    /// - Parameter kinds: kinds that the configuration may name besides the built-in ones. A name that is not legal, or that is taken,
    ///   is a programmer error and ends the process with a message.
    public static func main(kinds: [any CheckKind.Type] = []) {
        AddedKinds.$current.withValue(CheckKindRegistry(kinds)) { CommandLineEntry.run() }
    }
}
