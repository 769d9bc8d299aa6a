// SPDX-License-Identifier: Apache-2.0

import Agent
import ArgumentParser

/// `bellwether import`: checks of other systems as probes.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a file of probes out of what another system is configured with.",
        discussion: """
            Prints a file of probes.d, which `check` takes, and on standard error, with file and line, what could not be carried, or \
            not in the same way. Exits 78, and writes nothing, when the file is none of that system's or holds nothing to carry.

            blackbox takes targets for its modules from a Prometheus configuration or from --target. The containers of \
            kubernetes are asked through Services of the same file, or at --host.
            """
    )

    @Argument(help: "Whose file it is.")
    var peer: PeerImporter.Source

    @Argument(help: "The file; - is standard input.")
    var file: String

    @Option(
        help: ArgumentHelp("Where the result goes, whole or not at all (default: standard output).", valueName: "file")
    )
    var output: String?

    @Flag(help: "Replace the output file when it is there.")
    var force = false

    @Option(help: ArgumentHelp("blackbox: the Prometheus configuration that names the targets.", valueName: "file"))
    var prometheus: String?

    @Option(help: ArgumentHelp("blackbox: a target for a module; may be repeated.", valueName: "module=target"))
    var target: [String] = []

    @Option(help: ArgumentHelp("kubernetes: the host on which the containers' ports are reached.", valueName: "host"))
    var host: String?

    func validate() throws {
        if peer != .blackbox, prometheus != nil || !target.isEmpty {
            throw ValidationError("--prometheus and --target go with blackbox only")
        }
        if peer != .kubernetes, host != nil { throw ValidationError("--host goes with kubernetes only") }
        if force, output == nil { throw ValidationError("--force goes with --output only") }
        if file == "-", prometheus == "-" { throw ValidationError("standard input is one file") }
    }

    func run() throws {
        var importer = PeerImporter(source: peer, file: file)
        importer.output = output
        importer.replaces = force
        importer.prometheus = prometheus
        importer.targets = target
        importer.host = host
        throw ExitCode(importer.run().rawValue)
    }
}

extension PeerImporter.Source: ExpressibleByArgument {}
